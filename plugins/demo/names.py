"""Invented people and companies of South Africa: no brand, no address, no number that belongs to anybody."""

import random
import re
import unicodedata
from dataclasses import dataclass

FIRST = {
    "nguni": "Thandi Sipho Nomvula Bongani Zanele Themba Nokuthula Mandla Ayanda Sibusiso Lindiwe Vusi Nosipho Lwazi "
    "Busisiwe Siyabonga Phumzile Khanyi Sanele Ntombi Mthunzi Unathi Zola Lungile Xolani Andile",
    "sotho": "Lerato Thabo Palesa Kagiso Refilwe Tshepo Mpho Katlego Boitumelo Lesego Naledi Tebogo Dineo Karabo "
    "Neo Kabelo Masego Tumelo Moleboheng Pule Relebogile Ofentse",
    "afrikaans": "Pieter Annelie Johan Elmarie Hendrik Liezl Gerhard Marietjie Francois Karien Dirk Chantel Wouter "
    "Ilse Jaco Marlene Stefan Riana Christo Adel Danie Sonja",
    "english": "James Claire Michael Sarah Andrew Megan David Laura Craig Nicole Gareth Bronwyn Simon Tracy Warren "
    "Kerry Brett Samantha Grant Hayley Ryan Leigh",
    "indian": "Priya Rajesh Kavitha Sanjay Nerisha Vikash Anjali Yusuf Fatima Imraan Ayesha Deshan Shireen Naveen "
    "Thirusha Kreesan Farhana Suren Nazia Rishen",
    "coloured": "Ashwin Charlene Riyaad Monique Dillon Candice Keanu Bianca Faizel Shanaaz Marlin Roxanne Clinton "
    "Zaida Wesley Lauren",
}
LAST = {
    "nguni": "Nkosi Dlamini Khumalo Ndlovu Mkhize Zulu Sithole Mthembu Cele Ngcobo Buthelezi Zwane Mabaso Hadebe "
    "Mhlongo Shabalala Mazibuko Gumede Ntuli Xaba Radebe Mbatha Sibiya Zondi",
    "sotho": "Mokoena Molefe Mofokeng Motaung Tau Phiri Modise Sebola Letsoalo Mashaba Kekana Maluleke Mogale "
    "Ramaphakela Tladi Moloi Seabi Mahlangu Rapoo Ledwaba Masemola",
    "afrikaans": "Botha Vermeulen Pretorius Steyn Venter Coetzee Kruger Swanepoel Fourie Joubert Potgieter Erasmus "
    "Viljoen Bezuidenhout Naude Grobler Myburgh Lombard Strydom",
    "english": "Hughes Marshall Bennett Foster Walker Palmer Reid Barker Ellis Saunders Whitfield Gordon "
    "Harding Lawson Murray Osborne Prescott Sinclair",
    "indian": "Naidoo Pillay Govender Moodley Reddy Chetty Singh Maharaj Khan Patel Naicker Ramsamy Essop Cassim "
    "Padayachee Sewnarain Perumal Mahomed",
    "coloured": "Adams Petersen Jacobs Davids Williams September Hendricks Abrahams Fortuin Arendse Isaacs Solomons "
    "Cupido Daniels October Jaftha",
}
_FIRST = {people: words.split() for people, words in FIRST.items()}
_LAST = {people: words.split() for people, words in LAST.items()}
ORIGINS = ("nguni", "nguni", "nguni", "sotho", "sotho", "afrikaans", "english", "english", "indian", "coloured")

_STEMS = """
    Umhlanga Baobab Karoo Protea Fynbos Jacaranda Marula Yellowwood Springbok Kingfisher Drakensberg Blyde Kudu
    Sunbird Aloe Milkwood Overberg Highveld Lowveld Ubuntu Khanya Themba Lesedi Naledi Vuka Siyanda Masakhane
    Thuto Kopano Tshwane Waterberg Cederberg Zambezi Indigo Meridian Northwind Silverleaf Bluecrane Redhill
    Stonebridge Langkloof Swartberg Olifants Tugela Wildcoast Goldreef Granite Harbour Lighthouse Quartz
    Sandstone Tidewater
"""
STEMS = tuple(_STEMS.split())
INDUSTRIES = {
    "retail": ("Stores", "Retail", "Trading", "Wholesale"),
    "logistics": ("Logistics", "Freight", "Couriers", "Transport"),
    "manufacturing": ("Manufacturing", "Foods", "Packaging", "Plastics"),
    "mining": ("Mining Services", "Minerals", "Drilling"),
    "technology": ("Software", "Digital", "Systems", "Analytics"),
    "finance": ("Capital", "Insurance Brokers", "Financial Services"),
    "healthcare": ("Health", "Clinics", "Pharmacies"),
    "hospitality": ("Lodges", "Hotels", "Catering"),
    "construction": ("Construction", "Civils", "Engineering"),
    "agriculture": ("Farms", "Agri", "Citrus"),
    "education": ("Academy", "Schools", "Training"),
    "call_centre": ("Contact Centres", "BPO", "Outsourcing"),
}
AGENCY_WORDS = ("Recruitment", "Talent", "Staffing", "Personnel", "Placements", "Search Partners", "People")
ENDINGS = ("(Pty) Ltd", "(Pty) Ltd", "(Pty) Ltd", "CC", "Holdings", "Group")
CITIES = (
    ("Johannesburg", "Gauteng", "2001", ("Rosebank", "Randburg", "Fourways", "Braamfontein", "Midrand")),
    ("Pretoria", "Gauteng", "0002", ("Hatfield", "Centurion", "Menlyn", "Arcadia")),
    ("Cape Town", "Western Cape", "8001", ("Claremont", "Bellville", "Woodstock", "Century City")),
    ("Durban", "KwaZulu-Natal", "4001", ("Umhlanga", "Westville", "Pinetown", "Morningside")),
    ("Gqeberha", "Eastern Cape", "6001", ("Walmer", "Newton Park", "Summerstrand")),
    ("Bloemfontein", "Free State", "9301", ("Westdene", "Langenhoven Park")),
    ("Polokwane", "Limpopo", "0699", ("Bendor", "Flora Park")),
    ("Mbombela", "Mpumalanga", "1201", ("Riverside", "West Acres")),
    ("East London", "Eastern Cape", "5201", ("Vincent", "Beacon Bay")),
    ("Stellenbosch", "Western Cape", "7600", ("Techno Park", "Die Boord")),
)
STREETS = (
    "Acacia",
    "Church",
    "Long",
    "Station",
    "Loop",
    "Market",
    "Oak",
    "Kerk",
    "Mandela",
    "Biko",
    "Jacaranda",
    "Dorp",
)
PREFIXES = ("60", "61", "63", "71", "72", "73", "74", "76", "78", "79", "81", "82", "83", "84")
MAIL_HOSTS = ("example.com", "example.org", "example.net")


@dataclass(frozen=True)
class Name:
    """A person's name."""

    first: str
    last: str

    def __str__(self) -> str:
        return f"{self.first} {self.last}"

    def address(self, host: str, tail: str = "") -> str:
        """Return an e-mail address at a host that is reserved for examples."""
        return f"{ascii_word(self.first)}.{ascii_word(self.last)}{tail}@{host}"


def person(draw: random.Random) -> Name:
    """Draw a person; first and last name mostly of one language."""
    origin = draw.choice(ORIGINS)
    other = origin if draw.random() < 0.9 else draw.choice(ORIGINS)
    return Name(draw.choice(_FIRST[origin]), draw.choice(_LAST[other]))


def company(draw: random.Random, *, agency: bool) -> tuple[str, str, str]:
    """Draw a company's name, legal ending and industry."""
    industry = "recruitment" if agency else draw.choice(list(INDUSTRIES))
    word = draw.choice(AGENCY_WORDS if agency else INDUSTRIES[industry])
    stem = draw.choice(STEMS)
    if draw.random() < 0.35:
        stem = f"{stem} {draw.choice(STEMS)}"
    elif draw.random() < 0.15:
        stem = f"{draw.choice(_LAST['nguni'])} & {draw.choice(_LAST['english'])}"
    return f"{stem} {word}", draw.choice(ENDINGS), industry


def phone(draw: random.Random) -> str:
    """Draw a mobile number of the exchange 000, which no operator gives out."""
    return f"+27{draw.choice(PREFIXES)}000{draw.randrange(10_000):04d}"


def place(draw: random.Random) -> tuple[str, str, str, str, str]:
    """Draw street, suburb, city, province and postal code."""
    city, region, code, suburbs = draw.choice(CITIES)
    return f"{draw.randint(1, 320)} {draw.choice(STREETS)} Street", draw.choice(suburbs), city, region, code


def ascii_word(text: str) -> str:
    """Return a text as one lower-case word of an address."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")
