"""What is kept: sealed objects, data files, apps and their versions. Names are content too, and sealed."""

from __future__ import annotations

import uuid

from django.db import models

from security.keys import seal_text, unseal_text


class StoredObject(models.Model):
    """One sealed object in the bucket, written once. Deleting the row destroys its wrapped key."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tenant = models.ForeignKey("accounts.Tenant", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    size = models.PositiveBigIntegerField(help_text="bytes before sealing")
    sealed_size = models.PositiveBigIntegerField()
    wrapped_key = models.BinaryField()
    created = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.id)

    @property
    def place(self) -> str:
        """Its name in the store."""
        return f"{self.tenant_id}/{self.id}"


class Named(models.Model):
    """Something of a tenant with a name that only the tenant's key opens."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tenant = models.ForeignKey("accounts.Tenant", on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    sealed_name = models.BinaryField()
    created = models.DateTimeField(auto_now_add=True)
    modified = models.DateTimeField(auto_now=True)
    deleted_at = models.DateTimeField(null=True, db_index=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.id)

    def _name(self) -> str:
        return unseal_text(self.tenant_id, bytes(self.sealed_name), f"name {self.pk}")

    def _set_name(self, name: str) -> None:
        self.sealed_name = seal_text(self.tenant_id, name, f"name {self.pk}")


class DataFile(Named):
    """A file as it was uploaded."""

    size = models.PositiveBigIntegerField()
    object = models.OneToOneField(StoredObject, on_delete=models.PROTECT, related_name="+")

    name = property(Named._name, Named._set_name)


class App(Named):
    """An app. `current` is the version that opens; it moves in one transaction when a save is whole."""

    current = models.ForeignKey("AppVersion", null=True, on_delete=models.PROTECT, related_name="+")
    size = models.PositiveBigIntegerField(default=0)
    rights_version = models.PositiveBigIntegerField(
        default=0, help_text="grows whenever somebody's rights on the app change; open sockets compare it"
    )

    title = property(Named._name, Named._set_name)


class AppVersion(models.Model):
    """One saved state of an app: a manifest, and through it the chunks it names."""

    app = models.ForeignKey(App, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    manifest = models.OneToOneField(StoredObject, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(
        max_length=64, help_text="keyed digest of the manifest: an older one put in its place is found"
    )
    size = models.PositiveBigIntegerField(help_text="bytes of manifest and chunks")
    created = models.DateTimeField(auto_now_add=True)
    chunks: models.ManyToManyField[AppChunk, models.Model] = models.ManyToManyField("AppChunk", related_name="versions")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["app", "number"], name="one_app_version_a_number")]
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"version {self.number}"


class AppChunk(models.Model):
    """A chunk of an app by the digest of its content; written once, shared by the app's versions."""

    app = models.ForeignKey(App, on_delete=models.CASCADE, related_name="chunks")
    name = models.CharField(max_length=64, help_text="keyed digest of the chunk's own name")
    object = models.OneToOneField(StoredObject, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["app", "name"], name="one_app_chunk_a_name")]

    def __str__(self) -> str:
        return self.name[:12]


class PrivateLayer(models.Model):
    """What one person keeps for himself in an app of somebody else; sealed for the app's tenant, gone with the app."""

    app = models.ForeignKey(App, on_delete=models.CASCADE, related_name="layers")
    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    object = models.OneToOneField(StoredObject, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["app", "user"], name="one_private_layer_a_person")]

    def __str__(self) -> str:
        return str(self.pk)
