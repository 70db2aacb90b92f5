"""The sweep: a walk over all instances, the ledger and the zones, in steps of some pages.

Each step reads some pages, hands what differs to the same reconcile as an event, and keeps how far
it is. So nothing is held in memory but a page, events get their turn between two steps, and a step
that dies repeats only itself.

=========  ==========================================================================
phase      what a page is for
=========  ==========================================================================
instances  running instances: who lacks something gets it; nothing is deleted yet
ledger     items: whose instance runs no more, and how many record sets would go
deletes    these record sets go, unless they are more than ``max_deletes``
zones      record sets: what differs from the ledger is put right, if zones are verified
missing    items again: names that no zone has shown, if there are any
=========  ==========================================================================
"""
