"""Addresses of the pages of tubes and boxes. No barcode stands in one."""

from django.urls import path

from registry.samples.views import boxes, laboratory, papers, swaps, tubes, typings

app_name = "samples"

urlpatterns = [
    path("", tubes.home, name="home"),
    path("tubes/", tubes.tubes, name="list"),
    path("ready/", tubes.ready, name="ready"),
    path("swap/", swaps.swap, name="swap"),
    path("labels/", papers.print_labels, name="labels"),
    path("to-destroy/", tubes.to_destroy, name="to-destroy"),
    path("to-destroy/<uuid:pk>/", tubes.destroyed, name="destroyed"),
    path("boxes/", boxes.boxes, name="boxes"),
    path("boxes/open/", boxes.open_box, name="open"),
    path("boxes/<uuid:pk>/", boxes.box, name="box"),
    path("boxes/<uuid:pk>/scan/", boxes.scan, name="scan"),
    path("boxes/<uuid:pk>/take-out/<uuid:sample>/", boxes.take_out, name="take-out"),
    path("boxes/<uuid:pk>/seal/", boxes.seal, name="seal"),
    path("boxes/<uuid:pk>/break-seal/", boxes.break_seal, name="break-seal"),
    path("boxes/<uuid:pk>/set-aside/", boxes.set_aside, name="set-aside"),
    path("boxes/<uuid:pk>/dispatch/", boxes.dispatch, name="dispatch"),
    path("boxes/<uuid:pk>/manifest/", papers.manifest, name="manifest"),
    path("laboratory/", laboratory.incoming, name="incoming"),
    path("laboratory/<uuid:pk>/", laboratory.receipt, name="receipt"),
    path("laboratory/<uuid:pk>/count-in/", laboratory.count_in, name="count-in"),
    path("laboratory/<uuid:pk>/finish/", laboratory.finish, name="finish"),
    path("laboratory/tubes/<uuid:pk>/reject/", laboratory.reject, name="reject"),
    path("laboratory/tubes/<uuid:pk>/doubt/", laboratory.doubt, name="doubt"),
    path("laboratory/typings/", typings.to_type, name="typings"),
    path("laboratory/typings/<uuid:pk>/", typings.record, name="typing"),
    path("laboratory/to-destroy/", tubes.to_destroy_at_laboratory, name="laboratory-to-destroy"),
    path("laboratory/to-destroy/<uuid:pk>/", tubes.destroyed_at_laboratory, name="laboratory-destroyed"),
]
