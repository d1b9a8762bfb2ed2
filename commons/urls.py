"""Addresses of floor 4: nouns, all of them."""

from django.urls import path

from assemblies import converters  # noqa: F401  makes <number:…> and <name:…> known

from .views import enterprises, exports, goods, imports, loads, plans, seeing, statements

urlpatterns = [
    path("commons/", seeing.commons, name="commons"),
    path("commons/interdependence/", seeing.interdependence, name="interdependence"),
    path("commons/statements.csv", exports.statements_csv, name="statements-csv"),
    path("commons/loads.csv", exports.loads_csv, name="loads-csv"),
    path("commons/flows.json", exports.flows_json, name="flows-json"),
    path("goods/", goods.good_list, name="goods"),
    path("goods/new/", goods.good_new, name="good-new"),
    path("goods/<number:pk>/", goods.good_detail, name="good"),
    path("enterprises/", enterprises.enterprise_list, name="enterprises"),
    path("enterprises/<number:pk>/", enterprises.enterprise_detail, name="enterprise"),
    path("enterprises/<number:pk>/policies/new/", enterprises.governance_new, name="governance-new"),
    path("enterprises/<number:pk>/stewards/new/", enterprises.steward_new, name="steward-new"),
    path("enterprises/<number:pk>/passings/new/", enterprises.passing_new, name="passing-new"),
    path("enterprises/<number:pk>/harvests/new/", enterprises.harvest_new, name="harvest-new"),
    path("passings/<number:pk>/acceptance/new/", enterprises.acceptance_new, name="acceptance-new"),
    path("stewardships/<number:pk>/discharge/new/", enterprises.discharge_new, name="discharge-new"),
    path("stewardships/<number:pk>/ending/", enterprises.stewardship_ending, name="stewardship-ending"),
    path("assemblies/<name:slug>/enterprises/new/", enterprises.enterprise_new, name="enterprise-new"),
    path("assemblies/<name:slug>/commons/", statements.assembly_commons, name="assembly-commons"),
    path("assemblies/<name:slug>/commons/with/<name:other>/", seeing.between_two, name="commons-with"),
    path("assemblies/<name:slug>/needs/new/", statements.need_new, name="need-new"),
    path("assemblies/<name:slug>/surpluses/new/", statements.surplus_new, name="surplus-new"),
    path("assemblies/<name:slug>/statements/imports/new/", imports.import_new, name="statement-import-new"),
    path("statement-imports/<number:pk>/", imports.import_detail, name="statement-import"),
    path("tasks/<number:pk>/plans/new/", plans.plan_new, name="plan-new"),
    path("plans/", plans.plan_list, name="plans"),
    path("plans/<number:pk>/", plans.plan_detail, name="plan"),
    path("plans/<number:pk>/progress/", plans.plan_progress, name="plan-progress"),
    path("plans/<number:pk>/cancellation/", plans.plan_cancellation, name="plan-cancellation"),
    path("plans/<number:pk>/parts/<name:slug>/", plans.plan_part, name="plan-part"),
    path("allotments/<number:pk>/", loads.allotment_detail, name="allotment"),
    path("allotments/<number:pk>/deliveries/new/", loads.delivery_new, name="delivery-new"),
    path("deliveries/<number:pk>/", loads.delivery_detail, name="delivery"),
    path("deliveries/<number:pk>/sheet/", loads.delivery_sheet, name="delivery-sheet"),
    path("loads/<name:code>/", loads.load, name="load"),
    path("councils/<name:slug>/measures/new/", seeing.yardstick_new, name="yardstick-new"),
]
