"""Dynamic DNS on Route 53 as AWS CDK constructs."""

from __future__ import annotations

from ddns_constructs._instance_alarms import InstanceDdnsAlarms
from ddns_constructs._instance_settings import RecordPolicy, ReverseZones, TagKeys
from ddns_constructs._route53_policy import RecordAction, grant_record_changes
from ddns_constructs.instance_ddns import InstanceDdns

__all__ = [
    "InstanceDdns",
    "InstanceDdnsAlarms",
    "RecordAction",
    "RecordPolicy",
    "ReverseZones",
    "TagKeys",
    "grant_record_changes",
]
