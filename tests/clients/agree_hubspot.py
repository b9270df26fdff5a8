"""HubSpot's own published client for Python against the simulated HubSpot.

It was written by others from the same documents: what both agree on is not Deskbell's misreading.
`scripts/clients` runs it; arguments are the base URL and the token.
"""

import sys
import time

from hubspot import HubSpot
from hubspot.crm import tickets
from hubspot.crm.associations.v4 import AssociationSpec as LabelledSpec
from hubspot.crm.contacts import SimplePublicObjectInputForCreate as NewContact
from hubspot.crm.tickets import (
    AssociationSpec,
    BatchInputSimplePublicObjectBatchInput,
    BatchInputSimplePublicObjectBatchInputForCreate,
    BatchInputSimplePublicObjectBatchInputUpsert,
    BatchInputSimplePublicObjectId,
    BatchReadInputSimplePublicObjectId,
    Filter,
    FilterGroup,
    PublicAssociationsForObject,
    PublicObjectId,
    PublicObjectSearchRequest,
    SimplePublicObjectBatchInput,
    SimplePublicObjectBatchInputForCreate,
    SimplePublicObjectBatchInputUpsert,
    SimplePublicObjectId,
    SimplePublicObjectInput,
    SimplePublicObjectInputForCreate,
)

BASE, TOKEN = sys.argv[1:3]
PRIMARY_CONTACT = 16
PROPERTIES = ["subject", "deskbell_key", "hs_pipeline_stage"]


def at_the_sandbox(api):
    """The client of one part of the API, at the simulated portal's address."""
    api.api_client.configuration.host = BASE
    return api


hubspot = HubSpot(access_token=TOKEN)
basic = at_the_sandbox(hubspot.crm.tickets.basic_api)
batch = at_the_sandbox(hubspot.crm.tickets.batch_api)
search = at_the_sandbox(hubspot.crm.tickets.search_api)
contacts = at_the_sandbox(hubspot.crm.contacts.basic_api)
associations = at_the_sandbox(hubspot.crm.associations.v4.basic_api)
labels = at_the_sandbox(hubspot.crm.associations.v4.schema.definitions_api)
pipelines = at_the_sandbox(hubspot.crm.pipelines.pipelines_api)
stages = at_the_sandbox(hubspot.crm.pipelines.pipeline_stages_api)
properties = at_the_sandbox(hubspot.crm.properties.core_api)


def draft(key):
    return {
        "hs_pipeline": "0",
        "hs_pipeline_stage": "1",
        "hs_ticket_priority": "HIGH",
        "subject": f"ticket {key}",
        "deskbell_key": key,
    }


def single_calls():
    contact = contacts.create(NewContact(properties={"email": "client@example.org"}, associations=[]))
    spec = AssociationSpec(
        association_category="HUBSPOT_DEFINED", association_type_id=PRIMARY_CONTACT
    )
    tie = PublicAssociationsForObject(to=PublicObjectId(id=contact.id), types=[spec])
    made = basic.create(SimplePublicObjectInputForCreate(properties=draft("one"), associations=[tie]))
    by_id = basic.get_by_id(made.id, properties=PROPERTIES, associations=["contacts"])
    assert by_id.associations["contacts"].results[0].id == contact.id
    by_key = basic.get_by_id("one", id_property="deskbell_key", properties=PROPERTIES)
    assert by_key.id == made.id and by_key.properties["subject"] == "ticket one"
    changed = SimplePublicObjectInput(properties={"hs_pipeline_stage": "4"})
    assert basic.update(made.id, changed).properties["hs_pipeline_stage"] == "4"
    changed = SimplePublicObjectInput(properties={"subject": "by key"})
    assert basic.update("one", changed, id_property="deskbell_key").id == made.id
    try:
        basic.create(SimplePublicObjectInputForCreate(properties=draft("one"), associations=[]))
        raise AssertionError("a second ticket of one key")
    except tickets.ApiException as refusal:
        assert refusal.status in (400, 409), refusal
    return made.id, contact.id


def ties(ticket, contact):
    associations.archive("tickets", ticket, "contacts", contact)
    assert not associations.get_page("tickets", ticket, "contacts").results
    associations.create_default("tickets", ticket, "contacts", contact)
    spec = LabelledSpec(association_category="HUBSPOT_DEFINED", association_type_id=PRIMARY_CONTACT)
    associations.create("tickets", ticket, "contacts", contact, [spec])
    assert associations.get_page("tickets", ticket, "contacts").results
    found = labels.get_all("tickets", "contacts").results
    assert any(label.type_id == PRIMARY_CONTACT for label in found)


def batches():
    inputs = [
        SimplePublicObjectBatchInputForCreate(
            properties=draft(f"b{number}"), associations=[], object_write_trace_id=f"t{number}"
        )
        for number in range(3)
    ]
    inputs[1].properties["hs_pipeline_stage"] = "no stage"
    made = batch.create(BatchInputSimplePublicObjectBatchInputForCreate(inputs=inputs))
    assert made.num_errors == 1 and len(made.results) == 2, made
    assert made.errors[0].context["objectWriteTraceId"] == ["t1"]
    ids = [SimplePublicObjectId(id=f"b{number}") for number in (0, 2)]
    read = batch.read(
        BatchReadInputSimplePublicObjectId(
            id_property="deskbell_key",
            inputs=ids,
            properties=PROPERTIES,
            properties_with_history=[],
        )
    )
    assert sorted(record.properties["deskbell_key"] for record in read.results) == ["b0", "b2"]
    changes = [
        SimplePublicObjectBatchInput(id=record.id, properties={"hs_ticket_priority": "LOW"})
        for record in read.results
    ]
    updated = batch.update(BatchInputSimplePublicObjectBatchInput(inputs=changes))
    assert len(updated.results) == 2
    upserts = [
        SimplePublicObjectBatchInputUpsert(
            id=key, id_property="deskbell_key", properties={**draft(key), "subject": "upserted"}
        )
        for key in ("b0", "new")
    ]
    upserted = batch.upsert(BatchInputSimplePublicObjectBatchInputUpsert(inputs=upserts))
    assert sorted(record.new for record in upserted.results) == [False, True]
    gone = [SimplePublicObjectId(id=record.id) for record in upserted.results]
    batch.archive(BatchInputSimplePublicObjectId(inputs=gone))


def lists_and_searches(ticket):
    seen, after = [], None
    while True:
        page = basic.get_page(limit=1, after=after)
        seen += [record.id for record in page.results]
        if page.paging is None:
            break
        after = page.paging.next.after
    assert ticket in seen and len(set(seen)) == len(seen), seen
    by_key = Filter(property_name="deskbell_key", operator="EQ", value="one")
    request = PublicObjectSearchRequest(
        filter_groups=[FilterGroup(filters=[by_key])], properties=PROPERTIES, limit=10
    )
    # A search learns late of what is new.
    for _ in range(100):
        found = [record.id for record in search.do_search(request).results]
        if found:
            break
        time.sleep(0.3)
    assert found == [ticket], found


def schema():
    (pipeline,) = pipelines.get_all("tickets").results
    assert pipeline.id == "0"
    assert "4" in [stage.id for stage in stages.get_all("tickets", pipeline.id).results]
    assert properties.get_by_name("tickets", "deskbell_key").has_unique_value
    assert "subject" in [known.name for known in properties.get_all("tickets").results]


TICKET, CONTACT = single_calls()
ties(TICKET, CONTACT)
batches()
lists_and_searches(TICKET)
schema()
basic.archive(TICKET)
try:
    basic.get_by_id(TICKET)
    raise AssertionError("an archived ticket is found")
except tickets.ApiException as refusal:
    assert refusal.status == 404, refusal
print("HubSpot's own client and the simulated HubSpot agree on every call")
