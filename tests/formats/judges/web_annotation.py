"""rdflib on Web Annotation: the page becomes a graph, in which nothing that was written may be missing.

The context at its address can't be fetched in a test. The terms below are those of the Recommendation (Web Annotation
Vocabulary) that we write, no more: a word that is none of them, a bad address or a date that is none is found.
"""

import json
import logging
from xml.etree import ElementTree

from rdflib import RDF, Graph, Literal, Namespace, URIRef

ADDRESS = "http://www.w3.org/ns/anno.jsonld"
OA = Namespace("http://www.w3.org/ns/oa#")
AS = Namespace("http://www.w3.org/ns/activitystreams#")
XSD = "http://www.w3.org/2001/XMLSchema#"
FOAF, DC, DCTERMS = "http://xmlns.com/foaf/0.1/", "http://purl.org/dc/elements/1.1/", "http://purl.org/dc/terms/"
CLASSES = (
    "Annotation", "TextualBody", "FragmentSelector", "SvgSelector", "TextQuoteSelector", "TextPositionSelector",
)  # fmt: skip
MOTIVES = ("tagging", "classifying", "describing", "linking", "identifying")
CONTEXT = {
    "id": "@id", "type": "@type", "AnnotationPage": AS.OrderedCollectionPage,
    **{name: OA[name] for name in (*CLASSES, *MOTIVES)},
    "items": {"@id": AS.items, "@type": "@id", "@container": "@list"},
    "label": {"@id": "http://www.w3.org/2000/01/rdf-schema#label"},
    "motivation": {"@id": OA.motivatedBy, "@type": "@vocab"}, "purpose": {"@id": OA.hasPurpose, "@type": "@vocab"},
    "body": {"@id": OA.hasBody, "@type": "@id"}, "target": {"@id": OA.hasTarget, "@type": "@id"},
    "source": {"@id": OA.hasSource, "@type": "@id"}, "selector": {"@id": OA.hasSelector, "@type": "@id"},
    "creator": {"@id": f"{DCTERMS}creator", "@type": "@id"},
    "created": {"@id": f"{DCTERMS}created", "@type": f"{XSD}dateTime"},
    "conformsTo": {"@id": f"{DCTERMS}conformsTo", "@type": "@id"},
    "value": str(RDF.value), "format": f"{DC}format", "name": f"{FOAF}name", "nickname": f"{FOAF}nick",
    "exact": str(OA.exact), "prefix": str(OA.prefix), "suffix": str(OA.suffix),
    "start": {"@id": OA.start, "@type": f"{XSD}nonNegativeInteger"},
    "end": {"@id": OA.end, "@type": f"{XSD}nonNegativeInteger"},
}  # fmt: skip


class Complaints(logging.Handler):
    """rdflib only logs a bad address or value."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.said = []

    def emit(self, record):
        self.said.append(record.getMessage())


def judge(folder):
    return {file.stem: page(file) for file in sorted(folder.glob("*.jsonld"))}


def page(file):
    document = json.loads(file.read_text("utf-8"))
    assert document["@context"] == ADDRESS
    unknown = {name for name in names(document) if name not in CONTEXT} - {"@context"}
    assert not unknown, f"no words of Web Annotation: {unknown}"
    complaints = Complaints()
    logging.getLogger("rdflib").addHandler(complaints)
    try:
        graph = Graph().parse(data=json.dumps(document | {"@context": CONTEXT}), format="json-ld")
    finally:
        logging.getLogger("rdflib").removeHandler(complaints)
    assert not complaints.said, complaints.said
    assert not [value for value in graph.objects() if isinstance(value, Literal) and value.ill_typed]
    assert not [each for each in graph.all_nodes() if each.startswith("file:")], "a valid URI is missing"
    annotations = [annotation(graph, each) for each in graph.subjects(RDF.type, OA.Annotation)]
    assert len(annotations) == len(document["items"]), "two annotations have one address"
    order = {each["id"]: n for n, each in enumerate(document["items"])}
    return sorted(annotations, key=lambda each: order[each["id"]])


def names(value):
    if isinstance(value, dict):
        yield from value
        yield from (each for name in ("type", "motivation", "purpose") if (each := value.get(name)))
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from names(each)


def annotation(graph, node):
    assert isinstance(node, URIRef)
    (target,) = graph.objects(node, OA.hasTarget)
    (source,) = graph.objects(target, OA.hasSource)
    bodies = [body(graph, each) for each in graph.objects(node, OA.hasBody)]
    assert bodies, "an annotation of nothing"
    (motive,) = graph.objects(node, OA.motivatedBy)
    return {
        "id": str(node),
        "motivation": motive.removeprefix(OA),
        "bodies": sorted(bodies),
        "source": str(source),
        "selectors": sorted((selector(graph, each) for each in graph.objects(target, OA.hasSelector)), key=str),
        "by": [str(each) for who in graph.objects(node, URIRef(f"{DCTERMS}creator"))
               for each in graph.objects(who, URIRef(f"{FOAF}nick"))],
    }  # fmt: skip


def body(graph, node):
    assert (node, RDF.type, OA.TextualBody) in graph
    (value,) = graph.objects(node, RDF.value)
    return str(value)


def selector(graph, node):
    kind = graph.value(node, RDF.type).removeprefix(OA)
    if kind == "TextPositionSelector":
        start, end = graph.value(node, OA.start).value, graph.value(node, OA.end).value
        assert 0 <= start <= end
        return [kind, start, end]
    if kind == "TextQuoteSelector":
        return [kind, *(str(graph.value(node, each)) for each in (OA.prefix, OA.exact, OA.suffix))]
    value = str(graph.value(node, RDF.value))
    if kind == "SvgSelector":
        drawing = ElementTree.fromstring(value)
        assert drawing.tag == "{http://www.w3.org/2000/svg}svg"
        return [kind, [[each.tag.rpartition("}")[2], dict(each.attrib)] for each in drawing]]
    assert value.startswith("xywh=pixel:"), value
    return [kind, [float(each) for each in value.removeprefix("xywh=pixel:").split(",")]]


def survey(folder):
    return {
        case: {
            "items": sorted({each["source"] for each in seen}),
            "labels": sorted({b for e in seen for b in e["bodies"]}),
        }
        for case, seen in judge(folder).items()
    }
