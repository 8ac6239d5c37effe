"""The form of the records a branch kept before: whose they are, one file, and how to go about it."""

from __future__ import annotations

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from foundation.access import Branch
from foundation.desk.forms.staff import BranchChoice
from foundation.papers.kept import TooLarge, check_size
from registry.drives.forms.drives import BranchForm

TRY, TAKE, ALL = "try", "take", "all"


class RecordsForm(BranchForm):
    """Records as an Excel workbook or a table in text."""

    branch = BranchChoice(label=_("Whose registry it is"), queryset=Branch.objects.none(), empty_label="—")
    sheet = forms.FileField(
        label=_("The records"),
        help_text=_(
            "Excel (.xlsx) or table in text (.csv): the columns of the paper list, and "
            "状态, 国家库编号, 入库日期, 分型, 联系核实日期 where you have them."
        ),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.txt"}),
        max_length=200,
    )
    box = forms.CharField(
        label=_("Where the papers lie"),
        help_text=_("The cupboard or box in which the signed papers are kept."),
        max_length=64,
        required=False,
    )
    way = forms.ChoiceField(
        label=_("How to go about it"),
        choices=[
            (TRY, _("Only try it")),
            (TAKE, _("Take over the good rows")),
            (ALL, _("Take over all rows or none")),
        ],
        initial=TRY,
        widget=forms.RadioSelect,
    )
    choice_hints = {
        "way": {
            TRY: _("Says what would come of it. Nobody is taken over."),
            TAKE: _("The other rows come back to be mended."),
        }
    }

    def clean_sheet(self) -> UploadedFile[bytes]:
        """Refuse a file that is larger than is read in one piece."""
        file: UploadedFile[bytes] = self.cleaned_data["sheet"]
        try:
            check_size(file.size or 0)
        except TooLarge as problem:
            raise forms.ValidationError(problem.sentences) from problem
        return file
