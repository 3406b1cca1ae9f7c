"""What every screen of the admin gets."""

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail import hooks


@hooks.register("insert_global_admin_css")
def narrow_screens() -> SafeString:
    """Lists that fit a phone; links that do not only differ by their colour."""
    return format_html('<link rel="stylesheet" href="{}">', static("css/admin.css"))
