"""Gather the models of the rooms for Django."""

from registry.cases import models as cases
from registry.donors import models as donors
from registry.drives import models as drives
from registry.families import models as families
from registry.hla import models as hla
from registry.samples import models as samples

__all__ = ["cases", "donors", "drives", "families", "hla", "samples"]
