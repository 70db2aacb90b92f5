"""The sweep: a walk over all instances, the ledger and the zones, in steps of some pages.

Each step reads some pages, reconciles what differs as an event does, and keeps how far it is. So
little more than a page is in memory, events are handled between two steps, and of a step that dies
only that step is repeated.

=========  ==========================================================================
phase      what a page is for
=========  ==========================================================================
instances  running instances: what is missing is written; nothing is deleted yet
ledger     items: instances that no longer run, and how many record sets they have
deletes    these record sets go, unless they are more than ``max_deletes``
zones      record sets: what differs from the ledger is put right, if zones are verified
missing    items again: names that no zone has shown, if there are any
=========  ==========================================================================
"""
