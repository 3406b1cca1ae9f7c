"""Short texts of starter records, in six languages."""

PROGRAMMES = {
    "abs": {
        "en": "Access and benefit-sharing",
        "fr": "Accès et partage des avantages",
        "es": "Acceso y participación en los beneficios",
        "ar": "الحصول وتقاسم المنافع",
        "ru": "Доступ и совместное использование выгод",
        "zh-hans": "获取和惠益分享",
    },
    "customs": {
        "en": "Green Customs",
        "fr": "Douanes vertes",
        "es": "Aduanas Verdes",
        "ar": "الجمارك الخضراء",
        "ru": "Зелёная таможня",
        "zh-hans": "绿色海关",
    },
    "lmo": {
        "en": "Detection of living modified organisms",
        "fr": "Détection des organismes vivants modifiés",
        "es": "Detección de organismos vivos modificados",
        "ar": "الكشف عن الكائنات الحية المحورة",
        "ru": "Выявление живых изменённых организмов",
        "zh-hans": "改性活生物体检测",
    },
}

LIVE_PART = {
    "en": "Regional workshop",
    "fr": "Atelier régional",
    "es": "Taller regional",
    "ar": "حلقة عمل إقليمية",
    "ru": "Региональный семинар",
    "zh-hans": "区域讲习班",
}

_ISSUER = "Protocol Campus"
CERTIFICATE = {
    "completion": {
        "en": {
            "heading": "Certificate of completion",
            "statement": "has met every requirement of the course",
            "issuer": _ISSUER,
            "signatory_title": "Head of capacity-building",
        },
        "fr": {
            "heading": "Certificat de réussite",
            "statement": "a rempli toutes les conditions du cours",
            "issuer": _ISSUER,
            "signatory_title": "Responsable du renforcement des capacités",
        },
        "es": {
            "heading": "Certificado de finalización",
            "statement": "ha cumplido todos los requisitos del curso",
            "issuer": _ISSUER,
            "signatory_title": "Responsable de creación de capacidad",
        },
        "ar": {
            "heading": "شهادة إتمام",
            "statement": "استوفى جميع متطلبات الدورة",
            "issuer": _ISSUER,
            "signatory_title": "رئاسة بناء القدرات",
        },
        "ru": {
            "heading": "Свидетельство об окончании курса",
            "statement": "выполнены все требования курса",
            "issuer": _ISSUER,
            "signatory_title": "Руководство по наращиванию потенциала",
        },
        "zh-hans": {
            "heading": "结业证书",
            "statement": "已达到本课程的全部要求",
            "issuer": _ISSUER,
            "signatory_title": "能力建设负责人",
        },
    },
    "participation": {
        "en": {
            "heading": "Certificate of participation",
            "statement": "took part in the workshop",
            "issuer": _ISSUER,
            "signatory_title": "Head of capacity-building",
        },
        "fr": {
            "heading": "Certificat de participation",
            "statement": "a participé à l’atelier",
            "issuer": _ISSUER,
            "signatory_title": "Responsable du renforcement des capacités",
        },
        "es": {
            "heading": "Certificado de participación",
            "statement": "participó en el taller",
            "issuer": _ISSUER,
            "signatory_title": "Responsable de creación de capacidad",
        },
        "ar": {
            "heading": "شهادة مشاركة",
            "statement": "شارك في حلقة العمل",
            "issuer": _ISSUER,
            "signatory_title": "رئاسة بناء القدرات",
        },
        "ru": {
            "heading": "Свидетельство об участии",
            "statement": "участие в семинаре",
            "issuer": _ISSUER,
            "signatory_title": "Руководство по наращиванию потенциала",
        },
        "zh-hans": {
            "heading": "参加证书",
            "statement": "参加了讲习班",
            "issuer": _ISSUER,
            "signatory_title": "能力建设负责人",
        },
    },
}
