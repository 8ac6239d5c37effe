"""Where the pages of consent are."""

from django.urls import path, register_converter

from consent.views import evidence, persons, texts


class Language:
    """One of the three languages of a text."""

    regex = "zh-hans|zh-hant|en"

    def to_python(self, value: str) -> str:
        """Return the code."""
        return value

    def to_url(self, value: str) -> str:
        """Return the code."""
        return value


register_converter(Language, "consent_language")

app_name = "consent"
urlpatterns = [
    path("", evidence.missing, name="missing"),
    path("verify/", evidence.verify, name="verify"),
    path("evidence/<uuid:pk>/", evidence.attach, name="attach"),
    path("evidence/<uuid:pk>/file/", evidence.file, name="file"),
    path("evidence/<uuid:pk>/file/<slug:slot>/", evidence.file, name="signature"),
    path("evidence/<uuid:pk>/send-back/", evidence.send_back, name="send_back"),
    path("<uuid:pk>/withdraw/", persons.withdraw, name="withdraw"),
    path("people/<uuid:pk>/sign/", persons.sign, name="sign"),
    path("people/<uuid:pk>/sign/<slug:line>/", persons.sign, name="sign_line"),
    path("people/<uuid:pk>/receipt/", persons.receipt, name="receipt"),
    path("people/<uuid:pk>/receipt.pdf", persons.receipt_pdf, name="receipt_pdf"),
    path("people/<uuid:pk>/disclosures/", persons.disclosures, name="disclosures"),
    path("texts/", texts.texts, name="texts"),
    path("texts/<uuid:pk>/", texts.text, name="text"),
    path("texts/<uuid:pk>/new-version/", texts.begin, name="begin"),
    path("texts/<uuid:pk>/words/<consent_language:language>/", texts.words, name="words"),
    path("texts/<uuid:pk>/uses/", texts.uses, name="uses"),
    path("texts/<uuid:pk>/publish/", texts.publish, name="publish"),
    path("texts/<uuid:pk>/approve/", texts.approve, name="approve"),
    path("texts/<uuid:pk>/paper/<consent_language:language>/", texts.paper, name="paper"),
]
