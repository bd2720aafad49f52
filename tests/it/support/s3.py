"""An S3-compatible store for the tests (moto), told over standard input which buckets to make.

It checks signatures and rights as a real one does. The first line of output is a JSON object {"port": ..., "access_key": ...,
"secret_key": ...}; each line of input is the name of a bucket and is answered with one line. It ends when its input does.
"""

import json
import logging
import os
import sys

# Whatever this machine has set up for a real store has no place here.
for name in [name for name in os.environ if name.startswith("AWS_")]:
    del os.environ[name]
os.environ.update(AWS_EC2_METADATA_DISABLED="true", AWS_CONFIG_FILE=os.devnull, AWS_SHARED_CREDENTIALS_FILE=os.devnull, NO_PROXY="127.0.0.1")

import boto3
import requests
from moto.server import ThreadedMotoServer

logging.getLogger("werkzeug").setLevel(logging.ERROR)
ALL = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]})

server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
_, port = server.get_host_and_port()
endpoint = f"http://127.0.0.1:{port}"


def client(service, access_key, secret_key):
    return boto3.client(
        service, endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id=access_key, aws_secret_access_key=secret_key
    )


iam = client("iam", "nobody", "nothing")
iam.create_user(UserName="meent")
key = iam.create_access_key(UserName="meent")["AccessKey"]
iam.put_user_policy(UserName="meent", PolicyName="everything", PolicyDocument=ALL)
# From here on nobody does anything without the key.
requests.post(f"{endpoint}/moto-api/reset-auth", data=b"0", timeout=10).raise_for_status()
s3 = client("s3", key["AccessKeyId"], key["SecretAccessKey"])
print(json.dumps({"port": port, "access_key": key["AccessKeyId"], "secret_key": key["SecretAccessKey"]}), flush=True)
for line in sys.stdin:
    s3.create_bucket(Bucket=line.strip())
    print("made", flush=True)
