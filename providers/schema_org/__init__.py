"""Web pages with schema.org events in JSON-LD: any such address, without a key.

scripts     a page -> the texts of its JSON-LD scripts
mending     such a text -> JSON, repaired where that is safe
graph       JSON -> the objects in it that are events
values      what stands in an object -> texts, addresses, times, amounts
records     an event -> a Listing
page        all of it: an answer -> what the page says
robots      what a site lets programs read
feed        the provider: one fetch of each page serves every search
"""

from providers.schema_org.feed import SchemaOrg

__all__ = ["SchemaOrg"]
