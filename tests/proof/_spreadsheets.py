"""What a real LibreOffice makes of files: opened as people open them, every formula counted."""

import subprocess
import tempfile
from pathlib import Path

import openpyxl
from openpyxl.utils.escape import unescape

COMMA, SEMICOLON = ord(","), ord(";")
CSV = "CSV:{separator},34,76,1,,0,false,true,false,false,false,-1,true"
"""UTF-8, quoted by ", from the first line; numbers recognised and formulas evaluated: as careless as it can be."""
TIMEOUT_S = 180
Cells = list[list[tuple[str, bool]]]
"""Rows of texts, and whether each is a formula."""


def opened(file: bytes, ending: str, separator: int = COMMA) -> Cells:
    """Return what LibreOffice has in its cells once it opened a file and saved it again."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"given.{ending}"
        path.write_bytes(file)
        convert(path, CSV.format(separator=separator) if ending == "csv" else "")
        book = openpyxl.load_workbook(Path(folder) / "saved" / "given.xlsx")
        rows = [[(shown(cell.value), cell.data_type == "f") for cell in row] for row in book.worksheets[0].iter_rows()]
        book.close()
    return rows


def convert(path: Path, filter_words: str) -> None:
    """Let LibreOffice open a file and save it as a workbook, with a profile of its own."""
    reading = [f"--infilter={filter_words}"] if filter_words else []
    command = [
        "soffice", f"-env:UserInstallation=file://{path.parent}/profile", "--headless", *reading,
        "--convert-to", "xlsx", "--outdir", str(path.parent / "saved"), str(path),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    assert (path.parent / "saved" / "given.xlsx").is_file(), (done.stdout, done.stderr)


def shown(value: object) -> str:
    """Return a cell's text; ends of lines as LibreOffice keeps them."""
    return one_end(unescape(value)) if isinstance(value, str) else "" if value is None else str(value)


def one_end(text: str) -> str:
    """Return a text whose lines end one way: a cell of a spreadsheet knows no other."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def version() -> str:
    """Return what LibreOffice calls itself."""
    done = subprocess.run(["soffice", "--version"], capture_output=True, text=True, timeout=TIMEOUT_S, check=True)
    return " ".join(done.stdout.split()[:2])
