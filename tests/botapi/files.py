"""Files as Telegram keeps them: pictures in several sizes, documents as they came, all under ids."""

import hashlib
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, UnidentifiedImageError

from tests.botapi.refusals import bad

PHOTO_BYTES = 10 * 1024 * 1024
FILE_BYTES = 50 * 1024 * 1024
DOWNLOAD_BYTES = 20 * 1024 * 1024
SIDES = 10_000
"""Width and height of a photo, together."""
STRETCH = 20
WIDTHS = (90, 320, 800, 1280)
"""The longer sides of the sizes that Telegram makes of a photo."""


@dataclass(frozen=True, slots=True)
class Stored:
    """One file under its id; *unique* is the same for the same bytes."""

    file_id: str
    unique: str
    path: str
    body: bytes
    width: int = 0
    height: int = 0

    def as_json(self) -> dict[str, object]:
        """What PhotoSize, Document and File have in common."""
        size: dict[str, object] = {"width": self.width, "height": self.height} if self.width else {}
        return {"file_id": self.file_id, "file_unique_id": self.unique, "file_size": len(self.body), **size}


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture: the sizes from small to large, and the bytes that were sent."""

    sizes: tuple[Stored, ...]
    body: bytes

    @property
    def unique(self) -> str:
        """What is the same for the same picture."""
        return self.sizes[-1].unique

    def as_json(self) -> list[dict[str, object]]:
        """The Bot API's list of PhotoSize."""
        return [size.as_json() for size in self.sizes]


@dataclass(frozen=True, slots=True)
class Document:
    """A file that is no picture to Telegram."""

    stored: Stored
    name: str
    kind: str

    def as_json(self) -> dict[str, object]:
        """The Bot API's Document."""
        return {**self.stored.as_json(), "file_name": self.name, "mime_type": self.kind}


class Files:
    """All files, by id and by download path."""

    def __init__(self) -> None:
        self.by_id: dict[str, Stored] = {}
        self.by_path: dict[str, Stored] = {}
        self.photos: dict[str, Photo] = {}
        self.documents: dict[str, Document] = {}

    def photo(self, body: bytes) -> Photo:
        """A picture that was uploaded. Raises Refusal for what Telegram can't make a photo of."""
        sizes = tuple(self._keep(*each, "photos", "jpg") for each in _sizes(_opened(body)))
        photo = Photo(sizes, body)
        self.photos |= {size.file_id: photo for size in sizes}
        return photo

    def document(self, body: bytes, name: str, kind: str) -> Document:
        """A file that was uploaded."""
        if not body:
            raise bad("file must be non-empty")
        if len(body) > FILE_BYTES:
            raise bad("file is too big")
        document = Document(self._keep(body, 0, 0, "documents", name.rpartition(".")[2] or "bin"), name, kind)
        self.documents[document.stored.file_id] = document
        return document

    def known_photo(self, file_id: str) -> Photo:
        """A picture that is sent again by its id."""
        if file_id in self.photos:
            return self.photos[file_id]
        if file_id in self.documents:
            raise bad("can't use file of type Document as Photo")
        raise bad("wrong file identifier/HTTP URL specified")

    def known_document(self, file_id: str) -> Document:
        """A file that is sent again by its id."""
        if file_id in self.documents:
            return self.documents[file_id]
        raise bad("wrong file identifier/HTTP URL specified")

    def asked(self, file_id: str) -> Stored:
        """What getFile tells of."""
        if file_id not in self.by_id:
            raise bad("invalid file_id")
        if len(self.by_id[file_id].body) > DOWNLOAD_BYTES:
            raise bad("file is too big")
        return self.by_id[file_id]

    def _keep(self, body: bytes, width: int, height: int, folder: str, ending: str) -> Stored:
        number = len(self.by_id)
        unique = hashlib.sha256(body).hexdigest()[:16]
        stored = Stored(
            f"AgAC{unique}-{number}", f"AQAD{unique}", f"{folder}/file_{number}.{ending}", body, width, height
        )
        self.by_id[stored.file_id] = self.by_path[stored.path] = stored
        return stored


def _opened(body: bytes) -> Image.Image:
    if not body:
        raise bad("file must be non-empty")
    if len(body) > PHOTO_BYTES:
        raise bad(f"file of size {len(body)} bytes is too big for a photo; the maximum size is {PHOTO_BYTES} bytes")
    try:
        image = Image.open(BytesIO(body), formats=["PNG", "JPEG", "WEBP", "GIF", "BMP"])
        width, height = image.size
        if width + height > SIDES or max(width, height) > STRETCH * min(width, height):
            raise bad("PHOTO_INVALID_DIMENSIONS")
        return image.convert("RGB")
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError):
        raise bad("IMAGE_PROCESS_FAILED") from None


def _sizes(image: Image.Image) -> list[tuple[bytes, int, int]]:
    """Made anew as JPEG, as Telegram makes them: no size keeps the bytes or the EXIF that were sent."""
    longer = max(image.size)
    made: list[tuple[bytes, int, int]] = []
    for wanted in [width for width in WIDTHS if width < longer] + [min(longer, WIDTHS[-1])]:
        scale = wanted / longer
        size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
        if not made or made[-1][1:] != size:
            out = BytesIO()
            image.resize(size).save(out, "JPEG", quality=87)
            made.append((out.getvalue(), *size))
    return made
