"""InstanceDdns in virtual time: the real runtime on fakes that page, wait and throttle like AWS."""
