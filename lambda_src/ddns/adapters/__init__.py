"""AWS behind the ports: the only place that imports botocore, which comes with boto3."""
