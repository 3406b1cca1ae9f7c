"""Where the pages of nomination are, what stands on them, and which mails went out."""

from django.urls import reverse

from jobs.models import OutboxMail


def address(name, workshop):
    return reverse(name, args=[workshop.key])


def main(response):
    text = response.content.decode()
    return text[text.index("<main") : text.index("</main")]


def mails(to):
    keys = OutboxMail.objects.filter(to=to).order_by("pk").values_list("key", flat=True)
    return [key.partition(":")[0] for key in keys]
