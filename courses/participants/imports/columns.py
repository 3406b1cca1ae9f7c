"""What a column of a list of people may hold, and how its heading is recognised. Pure.

Headings are compared without case, accents and signs. ``guess`` prefers what the programme chose the last
time, then the headings known here, which are those of our own export and of lists in six languages.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Column(models.TextChoices):
    """What a column holds."""

    NAME = "name", _("Full name")
    GIVEN = "given", _("Given name")
    FAMILY = "family", _("Family name")
    NAME_LATIN = "name_latin", _("Full name in Latin letters")
    TITLE = "title", pgettext_lazy("form of address", "Title")
    EMAIL = "email", _("E-mail address")
    COUNTRY = "country", _("Country")
    ORGANISATION = "organisation", _("Organisation")
    POSITION = "position", _("Position")
    REPRESENTS = "represents", _("Takes part for")
    GROUP = "stakeholder_group", _("Stakeholder group")
    GENDER = "gender", _("Gender")
    LANGUAGE = "language", _("Language")


_HEADINGS: dict[Column, str] = {
    Column.NAME: (
        "name, full name, participant, participant name, name and surname, complete name, nom complet, nom et prenom, "
        "nom et prenoms, nom prenom, participant e, nombre completo, nombre y apellidos, nombres y apellidos, "
        "фио, ф и о, полное имя, имя и фамилия, фамилия имя отчество, участник, الاسم, الاسم الكامل, اسم المشارك, "
        "الاسم الثلاثي, 姓名, 全名, 名字, 参加者"
    ),
    Column.GIVEN: (
        "first name, given name, given names, forename, firstname, prenom, prenoms, nombre, nombres, primer nombre, "
        "имя, имя отчество, الاسم الاول, الاسم الشخصي, 名"
    ),
    Column.FAMILY: (
        "last name, family name, surname, lastname, nom, nom de famille, apellido, apellidos, фамилия, "
        "اسم العائله, اللقب, النسب, اسم العائلة, 姓, 姓氏"
    ),
    Column.NAME_LATIN: (
        "name in latin letters, full name in latin letters, latin name, name latin, name as in passport, "
        "passport name, name in passport, name in english, english name, nom en lettres latines, "
        "nom dans le passeport, "
        "nombre en letras latinas, nombre en el pasaporte, имя латиницей, имя латинскими буквами, имя в паспорте, "
        "الاسم بالحروف اللاتينيه, الاسم باللاتينيه, الاسم بالانجليزيه, الاسم في جواز السفر, 拉丁字母姓名, 英文姓名, "
        "英文名, 拼音, 护照姓名"
    ),
    Column.TITLE: (
        "title, honorific, salutation, titre, civilite, tratamiento, titulo, обращение, титул, اللقب العلمي, "
        "لقب التخاطب, 称谓, 头衔"
    ),
    Column.EMAIL: (
        "email, e mail, e mail address, email address, mail, electronic mail, courriel, adresse electronique, "
        "adresse e mail, adresse email, adresse de courriel, correo, correo electronico, email адрес, "
        "электронная почта, эл почта, почта, адрес электронной почты, البريد الالكتروني, البريد, "
        "عنوان البريد الالكتروني, 电子邮件, 邮箱, "
        "电子邮箱, 电子邮件地址"
    ),
    Column.COUNTRY: (
        "country, country name, nation, state, party, nationality, pays, pais, страна, государство, البلد, الدوله, "
        "国家, 国别, 国家或地区"
    ),
    Column.ORGANISATION: (
        "organisation, organization, institution, ministry, affiliation, employer, company, organisme, ministere, "
        "etablissement, organizacion, institucion, entidad, ministerio, организация, учреждение, место работы, "
        "المنظمه, المؤسسه, الجهه, الوزاره, جهه العمل, 组织, 机构, 单位, 工作单位"
    ),
    Column.POSITION: (
        "position, job title, function, post, role, occupation, fonction, poste, cargo, puesto, funcion, должность, "
        "المنصب, الوظيفه, المسمى الوظيفي, 职位, 职务"
    ),
    Column.REPRESENTS: "takes part for, represents, representing, represente, representa, представляет, يمثل, 代表",
    Column.GROUP: (
        "stakeholder group, stakeholder, sector, category, groupe de parties prenantes, secteur, grupo de interes, "
        "grupo, сектор, группа, заинтересованная группа, فئه اصحاب المصلحه, القطاع, الفئه, 利益攸关方群体, 部门, 类别"
    ),
    Column.GENDER: "gender, sex, genre, sexe, genero, sexo, пол, гендер, الجنس, النوع الاجتماعي, 性别",
    Column.LANGUAGE: (
        "language, preferred language, language of mails, langue, langue preferee, idioma, lengua, язык, "
        "предпочитаемый язык, اللغه, اللغه المفضله, 语言, 首选语言"
    ),
}


_ALIKE = str.maketrans("أإآىةё", "ااايهе", "ـ")


def plain(text: str) -> str:
    """Return a heading or answer as it is compared: no case, accents, signs; single spaces."""
    decomposed = unicodedata.normalize("NFKD", str(text).casefold())
    letters = "".join(char for char in decomposed if not unicodedata.combining(char))
    letters = letters.translate(_ALIKE)
    return " ".join(re.findall(r"\w+", letters.replace("_", " ")))


_KNOWN = {plain(heading): column for column, line in _HEADINGS.items() for heading in line.split(",")}
_KNOWN |= {plain(column.value): column for column in Column}


def is_heading(text: str) -> bool:
    """Whether a cell is a heading that is known here."""
    return plain(text) in _KNOWN


def guess(headings: Sequence[str], remembered: Mapping[str, str] | None = None) -> dict[int, str]:
    """Return ``{place of the column: what it holds}``; a column that is not recognised is left out.

    ``remembered`` is ``{plain heading: column or ""}`` of earlier lists ("" was left out on purpose). Each kind
    is given to one column only, the first; a full name wins over its parts.
    """
    remembered = remembered or {}
    found: dict[int, str] = {}
    for place, heading in enumerate(headings):
        words = plain(heading)
        column = remembered.get(words, _KNOWN.get(words, ""))
        if column and column in Column.values and column not in found.values():
            found[place] = str(column)
    if Column.NAME in found.values():
        found = {place: column for place, column in found.items() if column not in (Column.GIVEN, Column.FAMILY)}
    elif Column.FAMILY not in found.values():  # a lone "Nombre" or "Prénom" is the whole name
        found = {place: Column.NAME.value if column == Column.GIVEN else column for place, column in found.items()}
    elif Column.GIVEN not in found.values():
        found = {place: Column.NAME.value if column == Column.FAMILY else column for place, column in found.items()}
    return found


def has_name(mapping: Mapping[int, str]) -> bool:
    """Whether a choice of columns says who somebody is: a full name, or a given and a family name."""
    chosen = set(mapping.values())
    return Column.NAME in chosen or {Column.GIVEN, Column.FAMILY} <= chosen
