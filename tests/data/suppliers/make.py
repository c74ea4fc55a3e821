"""Writes the made-up supplier files of the tomato sauce and the leather bag: `good/`, and `faulty/` with one planted fault of each kind.

Run with Python 3 and openpyxl in this folder. Everything in them is fictional."""

import copy
import datetime
import json
import pathlib

import openpyxl

PARTY = "https://ecosphere.example/parties/"
SITE = "https://ecosphere.example/facilities/"
CLAIM = "https://ecosphere.example/claims/"
TOPIC = "https://vocabulary.uncefact.org/conformity-topic/"
NOTICE = "made up for the EcoSphere tests"


def gtin(body):
    digits = [int(d) for d in f"{body:013d}"]
    check = -sum(d * (3 if i % 2 == 0 else 1) for i, d in enumerate(digits)) % 10
    return f"{body:013d}{check}"


def link(body, lot):
    return f"https://id.gs1.org/01/{gtin(body)}/10/{lot}"


SEED, TOMATO, SAUCE = link(952000000101, "S1"), link(952000000102, "F7"), "https://id.gs1.org/01/09520000000011/10/LR2608"
HIDE, LEATHER, BAG = link(952000000103, "H1"), link(952000000104, "L5"), "https://id.gs1.org/01/09520000000028/10/B1"


def epcis(events):
    return {
        "@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld", {"ecosphere": "https://ecosphere.example/terms#"}],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-08-23T08:00:00Z",
        "ecosphere:notice": NOTICE,
        "epcisBody": {"eventList": events},
    }


def farm_events():
    farm = {"ecosphere:actor": {"id": PARTY + "tomato-farm", "name": "Podere Luna Rossa"}}
    place = {"readPoint": {"id": SITE + "luna-rossa"}, "ecosphere:place": {"name": "Langhirano, near Parma", "country": "Italia"}}
    picked = {
        "eventID": "https://ecosphere.example/events/P1", "type": "ObjectEvent", "action": "ADD", "bizStep": "commissioning",
        "eventTime": "2026-08-22T06:00:00+02:00", "eventTimeZoneOffset": "+02:00",
        "quantityList": [{"epcClass": TOMATO, "quantity": 4200, "uom": "KGM"}],
        "certificationInfo": ["https://ecosphere.example/certificates/three-oaks-1"],
        "ecosphere:measurements": [
            {"metric": "ghg-emissions", "quantity": 0.3105, "unit": "TNE"},
            {"metric": "water-use", "quantity": 96.25, "unit": "MTQ"},
            {"metric": "living-wage-hours", "quantity": 420, "unit": "HUR"},
        ],
        "ecosphere:claims": ["label:organic", "own:drip-irrigation"],
        "ecosphere:paid": {"amount": 350, "currency": "EUR"},
        **farm, **place,
    }
    shipped = {
        "eventID": "https://ecosphere.example/events/P2", "type": "ObjectEvent", "action": "OBSERVE", "bizStep": "shipping",
        "disposition": "in_transit", "eventTime": "2026-08-22T18:30:00+02:00", "eventTimeZoneOffset": "+02:00",
        "quantityList": [{"epcClass": TOMATO, "quantity": 4200, "uom": "KGM"}],
        "sourceList": [{"type": "possessing_party", "source": PARTY + "tomato-farm"}],
        "destinationList": [{"type": "possessing_party", "destination": PARTY + "tomato-cannery"}],
        "ecosphere:received": {"amount": 3360.5, "currency": "EUR"},
        **farm, **place,
    }
    return [picked, shipped]


CSV_HEAD = "Vorgang;Datum;Schritt;Betrieb;Lieferant;Empfänger;Eingangslos;Eingangsmenge (kg);Los;Menge (kg);Land;Standort;Energy (kWh);CO2 (kg);Erlös (EUR);Zertifikate;Bemerkung"
CANNERY, BASKET = PARTY + "tomato-cannery", PARTY + "retailer:greenbasket"
CERT = "https://ecosphere.example/certificates/three-oaks-1"


def cannery_rows():
    site = SITE + "tre-torri"
    return [
        ["K1", "22.08.2026 21:00", "receiving", CANNERY, PARTY + "tomato-farm", CANNERY, "", "", TOMATO, "4.200,0", "Italien", site, "", "", "", "", "per Lkw, pünktlich"],
        ["K2", "24.08.2026", "commissioning", CANNERY, "", "", TOMATO, "4.150,5", SAUCE, "3.920,25", "Italien", site, "1.250,75", "610,4", "", CERT, "gekocht und abgefüllt"],
        ["K3", "11.09.2026", "shipping", CANNERY, CANNERY, BASKET, "", "", SAUCE, "3.920,25", "IT", site, "", "", "12.880,00", "", NOTICE],
    ]


def csv(rows):
    return "\r\n".join([CSV_HEAD] + [";".join(row) for row in rows] + [""]).encode("windows-1252")


XLSX_HEAD = ["Event", "Date", "Step", "Actor", "Source", "Destination", "Input lot", "Input quantity (kg)", "Output lot", "Output quantity (kg)", "Country", "Facility", "Water (m3)", "Labels", "Revenue (EUR)"]
PRADO, TANNERY, WORKSHOP = PARTY + "leather-farm", PARTY + "leather-tannery", PARTY + "leather-workshop"


def day(month, number, hour=0):
    return datetime.datetime(2026, month, number, hour)


def tannery_rows():
    site = SITE + "castagno"
    return [
        ["C1", day(3, 9), "commissioning", PRADO, "", "", "", "", HIDE, 1500, "Spain", SITE + "prado-alto", "", "own:pasture-raised", ""],
        ["C2", day(3, 12), "shipping", PRADO, PRADO, TANNERY, "", "", HIDE, 1500, "ESP", SITE + "prado-alto", "", "", 2400],
        ["C3", day(3, 15), "receiving", TANNERY, PRADO, TANNERY, "", "", HIDE, 1500, "Italy", site, "", "", ""],
        ["C4", day(5, 28, 14), "commissioning", TANNERY, "", "", HIDE, 1480.5, LEATHER, 410.25, "Italy", site, 38.5, "own:vegetable-tanning", ""],
        ["C5", day(5, 30), "shipping", TANNERY, TANNERY, WORKSHOP, "", "", LEATHER, 400, "Italy", site, "", "", 9800.5],
    ]


def xlsx(path, rows):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(XLSX_HEAD)
    for row in rows:
        sheet.append([None if cell == "" else cell for cell in row])
    book.properties.created = book.properties.modified = datetime.datetime(2026, 6, 1)
    book.save(path)


def credential(kind, ident, issuer, name, subject, until="2027-06-30T00:00:00Z", start="2026-01-01T00:00:00Z"):
    return {
        "type": [kind, "VerifiableCredential"],
        "@context": ["https://www.w3.org/ns/credentials/v2", "https://vocabulary.uncefact.org/untp/0.7.0/context/"],
        "id": ident,
        "issuer": {"type": ["CredentialIssuer"], "id": issuer[0], "name": issuer[1]},
        "validFrom": start, "validUntil": until, "name": name, "credentialSubject": subject,
    }


BOTTEGA = (WORKSHOP, "Bottega Filo e Ago")
OAKS = (PARTY + "certifier", "Three Oaks Certification")


def named(kind, ident, name, **more):
    return {"type": [kind], "id": ident, "name": name, **more}


def workshop():
    facility = named("Facility", SITE + "filo-e-ago", "Bottega Filo e Ago, Florence")
    activity = {"code": "commissioning", "name": "Commissioning", "schemeId": "https://ref.gs1.org/cbv/BizStep", "schemeName": "GS1 CBV Business Step"}
    make = {
        "type": ["MakeEvent", "LifecycleEvent"], "id": "https://ecosphere.example/events/B1", "name": "Bags cut and sewn (" + NOTICE + ")",
        "eventDate": "2026-07-14T10:00:00Z", "activityType": activity,
        "relatedParty": [{"role": "manufacturer", "party": named("Party", *BOTTEGA)}],
        "inputProduct": [{"product": named("Product", LEATHER, "Leather", idGranularity="batch"), "quantity": {"value": 400, "unit": "KGM"}}],
        "outputProduct": [{"product": named("Product", BAG, "Leather shoulder bag Castagno", idGranularity="batch"), "quantity": {"value": 312.5, "unit": "KGM"}}],
        "madeAtFacility": facility,
        "sensorData": [{"metric": named("PerformanceMetric", "https://vocabulary.uncefact.org/performance-metric/energy-use", "Energy"), "measure": [{"value": 640, "unit": "KWH"}]}],
        "relatedDocument": [{"linkURL": "https://ecosphere.example/certificates/three-oaks-2", "linkName": "Certificate", "linkType": "https://test.uncefact.org/vocabulary/linkTypes/dcc"}],
    }
    move = {
        "type": ["MoveEvent", "LifecycleEvent"], "id": "https://ecosphere.example/events/B2", "name": "Bags to the shop",
        "eventDate": "2026-08-03T08:00:00Z", "activityType": {**activity, "code": "shipping", "name": "Shipping"},
        "relatedParty": [{"role": "consignor", "party": named("Party", *BOTTEGA)}, {"role": "consignee", "party": named("Party", PARTY + "retailer:lantern", "Lantern Stores")}],
        "movedProduct": [{"product": named("Product", BAG, "Leather shoulder bag Castagno", idGranularity="batch"), "quantity": {"value": 312.5, "unit": "KGM"}}],
        "fromFacility": facility, "toFacility": named("Facility", SITE + "lantern", "Lantern Stores, Leipzig"),
    }
    return credential("DigitalTraceabilityEvent", "https://ecosphere.example/credentials/dte-b", BOTTEGA, "Bags made and moved", [make, move])


def certificate(number, scope, codes, topics, **more):
    def assessment(n, criterion, topic):
        return {
            **named("ConformityAssessment", f"https://ecosphere.example/assessments/{number}-{n}", criterion),
            "assessmentCriteria": [named("Criterion", criterion, criterion)], "assessmentDate": "2026-01-15",
            "assessedPerformance": [], "conformance": True, "conformityTopic": [named("ConformityTopic", TOPIC + topic, topic)],
            "assessedFacility": [{"facility": named("Facility", s, s)} for s in scope if "/facilities/" in s],
            "assessedProduct": [{"product": named("Product", s, s)} for s in scope if "/facilities/" not in s],
        }

    subject = {
        **named("ConformityAttestation", f"https://ecosphere.example/attestations/{number}", "Certificate " + number),
        "assessorLevel": "3rdParty", "assessmentLevel": "authority-benchmark", "attestationType": "certification",
        "issuedToParty": named("Party", PARTY + "tomato-farm", "Podere Luna Rossa"),
        "referenceScheme": named("ConformityScheme", "https://ecosphere.example/schemes/three-oaks", "Three Oaks"),
        "conformityCertificate": {"linkURL": f"https://ecosphere.example/certificates/{number}", "linkName": "Certificate"},
        "conformityAssessment": [assessment(n, *pair) for n, pair in enumerate([(CLAIM + c, "ecosystem-preservation") for c in codes] + [(TOPIC + t, t) for t in topics])],
    }
    return credential("DigitalConformityCredential", f"https://ecosphere.example/credentials/{number}", OAKS, "Certificate " + number, subject, **more)


def anchor():
    subject = {
        "type": ["RegisteredIdentity"], "id": WORKSHOP, "registeredName": BOTTEGA[1], "registeredId": "FI-000147", "registeredDate": "2019-03-01",
        "idScheme": named("IdentifierScheme", "https://ecosphere.example/register", "Register of Florence"), "registerType": "business",
    }
    return credential("DigitalIdentityAnchor", "https://ecosphere.example/credentials/dia-b", (PARTY + "register", "Register of Florence"), "Entry FI-000147", subject)


def certificates():
    one = certificate("three-oaks-1", [SITE + "luna-rossa", SITE + "tre-torri"], ["label:organic", "own:drip-irrigation"], ["greenhouse-gas-emissions", "water-conservation"])
    two = certificate("three-oaks-2", ["https://id.gs1.org/01/09520000000028"], ["own:vegetable-tanning"], ["energy-optimization"])
    return [one, two]


def write(folder, farm, cannery, tannery, untp):
    folder = pathlib.Path(folder)
    folder.mkdir(exist_ok=True)
    (folder / "podere-luna-rossa.epcis.jsonld").write_text(json.dumps(epcis(farm), indent=1) + "\n")
    (folder / "conserve-tre-torri.csv").write_bytes(csv(cannery))
    xlsx(folder / "conceria-castagno.xlsx", tannery)
    (folder / "bottega-filo-e-ago.untp.json").write_text(json.dumps(untp, indent=1) + "\n")


write("good", farm_events(), cannery_rows(), tannery_rows(), [workshop(), anchor(), *certificates()])

# The second set: what is wrong, where, and how it must be named.
farm, cannery, tannery = farm_events(), cannery_rows(), tannery_rows()
planted = []


def plant(where, how):
    planted.append({"in": where, "named": how})


def more(event, number, **changes):
    changed = copy.deepcopy(event)
    changed.update(eventID=f"https://ecosphere.example/events/{number}", **changes)
    return changed


shipped = farm[1]
farm.append(copy.deepcopy(shipped))
plant("P2", "told twice")
farm.append(more(shipped, "P3", quantityList=[{"epcClass": TOMATO, "quantity": -5, "uom": "KGM"}]))
plant("P3", "epcisBody.eventList[3].quantityList[0].quantity: -5 is negative")
farm.append(more(shipped, "P4", quantityList=[{"epcClass": TOMATO, "quantity": 5, "uom": "QQQ"}]))
plant("P4", "epcisBody.eventList[4].quantityList[0].uom: \"QQQ\" is not a known unit")
farm.append(more(shipped, "P5", eventTime="2026-13-22T18:30:00+02:00"))
plant("P5", "epcisBody.eventList[5].eventTime")
farm.append(more(farm[0], "P6", quantityList=[{"epcClass": link(952000000105, "Z1"), "quantity": 5000000000, "uom": "KGM"}], **{"ecosphere:measurements": [], "ecosphere:claims": []}))
plant("P6", "5000000000 KGM of (01)09520000001056(10)Z1 is not plausible")
farm.append(more(farm[0], "P7", eventTime="2031-01-01T00:00:00Z", quantityList=[{"epcClass": link(952000000105, "Z2"), "quantity": 5, "uom": "KGM"}], certificationInfo=[]))
plant("P7", "which has not come yet")
farm.append(more(farm[0], "P8", quantityList=[{"epcClass": link(952000000105, "Z3"), "quantity": 5, "uom": "KGM"}], **{"ecosphere:measurements": [{"metric": "recycled-content", "quantity": 250, "unit": "P1"}], "ecosphere:claims": []}))
plant("P8", "250 is not plausible for recycled-content")
cannery[1][9] = "4.920,25"
plant("K2", "4920.25 kg come out of 4150.5 kg")
cannery[2][9] = "5.000,0"
plant("K3", "passes on or uses 5000 KGM of (01)09520000000011(10)LR2608 and had only 4920.25")
cannery[0][9] = "4.100,0"
plant("K1", "4100 KGM of (01)09520000001025(10)F7 arrived, but 4200 were sent")
cannery.append(["K4", "31.02.2026", *cannery[2][2:]])
plant("K4", "Datum: \"31.02.2026\" is not a date")
cannery.append(["K5", "12.09.2026", "receiving", CANNERY, PARTY + "tomato-farm", CANNERY, "", "", link(952000000105, "Z1"), "7,5", "Atlantis", "", "viel", "", "", "", ""])
plant("K5", "the value \"Atlantis\" is not known")
plant("K5", "Energy (kWh): \"viel\" is not a number")
tannery.append(["C6", day(6, 2), "commissioning", TANNERY, "", "", link(952000000106, "G1"), 10, link(952000000106, "G2"), 9, "Italy", SITE + "castagno", "", "", ""])
plant("C6", "no event says how (01)09520000001063(10)G1 came to")
tannery.append(["C7", day(6, 3), "commissioning", TANNERY, "", "", link(952000000107, "R1"), 10, link(952000000107, "R2"), 9, "Italy", SITE + "castagno", "", "", ""])
tannery.append(["C8", day(6, 4), "commissioning", TANNERY, "", "", link(952000000107, "R2"), 9, link(952000000107, "R1"), 8, "Italy", SITE + "castagno", "", "", ""])
plant("C8", "would be made from itself")
plant("C7", "before that came into being")
tannery.append(["C9", day(6, 5), "storing", TANNERY, "", "", "", "", LEATHER, 1, "Norway", SITE + "castagno", "", "", ""])
plant("C9", "lies in NO here and in IT elsewhere")
untp_events = workshop()
late = copy.deepcopy(untp_events)
late["id"] += "-late"
late["credentialSubject"][0]["outputProduct"] = []
plant("https://ecosphere.example/credentials/dte-b-late", "credentialSubject[0].outputProduct: it names no product")
expired = certificate("three-oaks-1", [SITE + "luna-rossa", SITE + "tre-torri"], ["label:organic"], [], until="2026-08-01T00:00:00Z")
plant("P1", "three-oaks-1 was not in force on 2026-08-22")
elsewhere = certificate("three-oaks-2", [SITE + "elsewhere"], ["own:vegetable-tanning"], ["energy-optimization"])
plant("https://ecosphere.example/events/B1", "three-oaks-2 covers neither these goods nor who made them nor where")
untp_events["credentialSubject"][0]["relatedDocument"].append({"linkURL": "https://ecosphere.example/certificates/nobody-1", "linkName": "?", "linkType": "https://test.uncefact.org/vocabulary/linkTypes/dcc"})
plant("https://ecosphere.example/events/B1", "the certificate https://ecosphere.example/certificates/nobody-1 is not known")
stale = anchor()
stale["validUntil"] = "2026-06-30T00:00:00Z"
plant("https://ecosphere.example/events/B1", "register's entry")
plant("https://ecosphere.example/events/B2", "register's entry")
write("faulty", farm, cannery, tannery, [untp_events, late, stale, expired, elsewhere])
pathlib.Path("faulty/planted.json").write_text(json.dumps(planted, indent=1) + "\n")
