"""Certificates in the admin."""

from core import scoped

from .viewsets import CertificatesGroup

scoped.register(CertificatesGroup())
