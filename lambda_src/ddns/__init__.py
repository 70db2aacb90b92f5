"""Runtime of ddns-constructs: the code that the Lambda functions run.

Only the standard library and boto3 are imported here. ``core`` decides and is pure, the use
cases beside it read, plan and apply, ``adapters`` talk to AWS, ``handlers`` are the entry points.
"""
