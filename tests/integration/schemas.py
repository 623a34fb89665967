"""The schemas of leasectl's output, by file name."""

import json

import jsonschema
from sandbox import ROOT

SCHEMAS = {file.name: json.loads(file.read_text()) for file in (ROOT / 'schema').glob('*.schema.json')}


def validator(name):
    schema = SCHEMAS[name]
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema, resolver=jsonschema.RefResolver(name, schema, store=SCHEMAS),
                                           format_checker=jsonschema.FormatChecker())


def validate(text, name):
    """The value of a JSON text, which must match the schema."""
    document = json.loads(text)
    validator(name).validate(document)
    return document
