"""The schemas of what leasectl prints, by the names of their files."""

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
    """What a JSON text says, which is as the schema has it."""
    document = json.loads(text)
    validator(name).validate(document)
    return document
