"""Alice's tenant, and every test of storage over both back ends: a directory, and S3 over HTTP."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import boto3
import pytest
from moto.server import ThreadedMotoServer

from accounts.models import User
from accounts.people import create_person
from tests.people import ALICE


@pytest.fixture(scope="session")
def s3_endpoint() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(params=["directory", pytest.param("s3", marks=pytest.mark.real)])
def store(request, settings, own_store):
    """The store that the settings name: either kind, empty."""
    if request.param == "s3":
        endpoint = request.getfixturevalue("s3_endpoint")
        bucket = f"bucket-{uuid.uuid4()}"
        options = {"endpoint": endpoint, "region": "us-east-1", "access_key": "test", "secret_key": "test"}
        boto3.client(
            "s3",
            endpoint_url=endpoint,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
        ).create_bucket(Bucket=bucket)
        settings.OBJECT_STORE = {**settings.OBJECT_STORE, **options, "kind": "s3", "bucket": bucket}
    return request.param


@pytest.fixture
def alice(db, settings) -> User:
    # Passwords are not what is tested here, and their true hashing takes a second each.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return create_person(*ALICE)


@pytest.fixture
def tenant(alice) -> uuid.UUID:
    return alice.tenant_id
