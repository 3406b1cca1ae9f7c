"""Names of countries as the UN writes them, where CLDR has others.

Source: UN Statistics Division, Standard country or area codes for statistical use (M49). ``{code: (en, fr, es, ar, ru,
zh-hans)}``; empty where the name of CLDR is the UN's.
"""

from __future__ import annotations

LANGUAGES = ("en", "fr", "es", "ar", "ru", "zh-hans")

# fmt: off
UN_NAMES: dict[str, tuple[str, str, str, str, str, str]] = {
    "AE": ("", "", "", "", "Объединенные Арабские Эмираты", ""),
    "AG": ("Antigua and Barbuda", "", "", "", "", ""),
    "BA": ("Bosnia and Herzegovina", "", "", "", "", ""),
    "BN": ("Brunei Darussalam", "Brunéi Darussalam", "Brunei Darussalam", "بروني دار السلام", "Бруней-Даруссалам", "文莱达鲁萨兰国"),  # noqa: E501
    "BO": ("Bolivia (Plurinational State of)", "Bolivie (État plurinational de)", "Bolivia (Estado Plurinacional de)", "بوليفيا (دولة - المتعددة القوميات)", "Боливия (Многонациональное Государство)", "多民族玻利维亚国"),  # noqa: E501
    "BY": ("", "Bélarus", "Belarús", "", "", ""),
    "CD": ("Democratic Republic of the Congo", "République démocratique du Congo", "República Democrática del Congo", "جمهورية الكونغو الديمقراطية", "Демократическая Республика Конго", "刚果民主共和国"),  # noqa: E501
    "CG": ("Congo", "Congo", "Congo", "الكونغو", "Конго", "刚果"),
    "CI": ("", "", "", "كوت ديفوار", "", ""),
    "CV": ("Cabo Verde", "Cabo Verde", "Cabo Verde", "كابو فيردي", "Кабо-Верде", ""),
    "FM": ("Micronesia (Federated States of)", "Micronésie (États fédérés de)", "Micronesia (Estados Federados de)", "ميكرونيزيا (ولايات - الموحدة)", "Микронезия (Федеративные Штаты)", "密克罗尼西亚联邦"),  # noqa: E501
    "GB": ("United Kingdom of Great Britain and Northern Ireland", "Royaume-Uni de Grande-Bretagne et d’Irlande du Nord", "Reino Unido de Gran Bretaña e Irlanda del Norte", "المملكة المتحدة لبريطانيا العظمى وآيرلندا الشمالية", "Соединенное Королевство Великобритании и Северной Ирландии", "大不列颠及北爱尔兰联合王国"),  # noqa: E501
    "IR": ("Iran (Islamic Republic of)", "Iran (République islamique d’)", "Irán (República Islámica del)", "إيران (جمهورية - الإسلامية)", "Иран (Исламская Республика)", "伊朗伊斯兰共和国"),  # noqa: E501
    "KN": ("Saint Kitts and Nevis", "Saint-Kitts-et-Nevis", "Saint Kitts y Nevis", "", "", ""),
    "KP": ("Democratic People’s Republic of Korea", "République populaire démocratique de Corée", "República Popular Democrática de Corea", "جمهورية كوريا الشعبية الديمقراطية", "Корейская Народно-Демократическая Республика", "朝鲜民主主义人民共和国"),  # noqa: E501
    "KR": ("Republic of Korea", "République de Corée", "República de Corea", "جمهورية كوريا", "Республика Корея", "大韩民国"),  # noqa: E501
    "LA": ("Lao People’s Democratic Republic", "République démocratique populaire lao", "República Democrática Popular Lao", "جمهورية لاو الديمقراطية الشعبية", "Лаосская Народно-Демократическая Республика", "老挝人民民主共和国"),  # noqa: E501
    "LC": ("Saint Lucia", "", "", "", "", ""),
    "MD": ("Republic of Moldova", "République de Moldova", "República de Moldova", "جمهورية مولدوفا", "Республика Молдова", "摩尔多瓦共和国"),  # noqa: E501
    "MM": ("Myanmar", "Myanmar", "Myanmar", "ميانمار", "Мьянма", "缅甸"),
    "NL": ("Netherlands (Kingdom of the)", "Pays-Bas (Royaume des)", "Países Bajos (Reino de los)", "", "Нидерланды (Королевство)", ""),  # noqa: E501
    "PS": ("State of Palestine", "État de Palestine", "Estado de Palestina", "دولة فلسطين", "Государство Палестина", "巴勒斯坦国"),  # noqa: E501
    "RU": ("Russian Federation", "Fédération de Russie", "Federación de Rusia", "الاتحاد الروسي", "Российская Федерация", "俄罗斯联邦"),  # noqa: E501
    "ST": ("Sao Tome and Principe", "", "", "", "", ""),
    "SY": ("Syrian Arab Republic", "République arabe syrienne", "República Árabe Siria", "الجمهورية العربية السورية", "Сирийская Арабская Республика", "阿拉伯叙利亚共和国"),  # noqa: E501
    "TL": ("Timor-Leste", "Timor-Leste", "Timor-Leste", "تيمور - ليشتي", "Тимор-Лешти", "东帝汶"),
    "TT": ("Trinidad and Tobago", "", "", "", "", ""),
    "TZ": ("United Republic of Tanzania", "République-Unie de Tanzanie", "República Unida de Tanzanía", "جمهورية تنزانيا المتحدة", "Объединенная Республика Танзания", "坦桑尼亚联合共和国"),  # noqa: E501
    "US": ("United States of America", "États-Unis d’Amérique", "Estados Unidos de América", "الولايات المتحدة الأمريكية", "Соединенные Штаты Америки", "美利坚合众国"),  # noqa: E501
    "VA": ("Holy See", "Saint-Siège", "Santa Sede", "الكرسي الرسولي", "Святой Престол", "教廷"),
    "VC": ("Saint Vincent and the Grenadines", "", "", "", "", ""),
    "VE": ("Venezuela (Bolivarian Republic of)", "Venezuela (République bolivarienne du)", "Venezuela (República Bolivariana de)", "فنزويلا (جمهورية - البوليفارية)", "Венесуэла (Боливарианская Республика)", "委内瑞拉玻利瓦尔共和国"),  # noqa: E501
    "VN": ("Viet Nam", "Viet Nam", "Viet Nam", "فييت نام", "Вьетнам", "越南"),
}
# fmt: on
