import { describe, expect, test } from 'vitest'
import { fieldErrorText } from '../../../src/api/errors.ts'
import type { CustomResourceDefinition, JSONSchemaProps } from '../../../src/api/generated/types/apiextensions-v1.ts'
import type { ApiObject } from '../../../src/api/meta.ts'
import { findPath, parseSimplePath } from '../../../src/kinds/apiextensions/customresource/json-path.ts'
import { customResourceDefinition as crdKind } from '../../../src/kinds/apiextensions/customresourcedefinition/index.ts'
import { contextOf, created, readerOf, refusals, row } from '../judge.ts'

const specProps: JSONSchemaProps = {
  type: 'object',
  required: ['target'],
  properties: {
    target: { type: 'string', minLength: 1, pattern: '^[a-z]+$' },
    keep: { type: 'integer', minimum: 1, default: 3 },
    mode: { type: 'string', enum: ['full', 'diff'] },
    tags: { type: 'array', maxItems: 2, items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
    port: { 'x-kubernetes-int-or-string': true },
    when: { type: 'string', format: 'date-time' },
  },
}

const manifest = (version: object = {}, names: object = {}): object => ({
  metadata: { name: 'backups.lab.example.com' },
  spec: {
    group: 'lab.example.com',
    scope: 'Namespaced',
    names: { plural: 'backups', kind: 'Backup', ...names },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', properties: { spec: specProps } } },
        ...version,
      },
    ],
  },
})

const kindOf = (version: object = {}) => crdKind.definesKinds!(created(crdKind, manifest(version)))[0]!
const backup = (spec: unknown): ApiObject => ({
  apiVersion: 'lab.example.com/v1',
  kind: 'Backup',
  metadata: { name: 'b', namespace: 'lab' },
  spec,
})
const unchecked =
  '<nil>: Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation'

describe('a definition', () => {
  test('is completed and established', () => {
    const made = created(crdKind, manifest()) as CustomResourceDefinition
    expect(made.spec.names).toEqual({ plural: 'backups', kind: 'Backup', singular: 'backup', listKind: 'BackupList' })
    expect(made.spec.conversion).toEqual({ strategy: 'None' })
    expect(made.status?.storedVersions).toEqual(['v1'])
    expect(made.status?.conditions?.map((c) => `${c.type}=${c.status} ${c.reason}: ${c.message}`)).toEqual([
      'NamesAccepted=True NoConflicts: no conflicts found',
      'Established=True InitialNamesAccepted: the initial names have been accepted',
    ])
  })
  test('whose names are taken is not established and defines nothing', () => {
    const first = created(crdKind, {
      ...manifest({}, { plural: 'others', singular: 'backup', kind: 'Other' }),
      metadata: { name: 'others.lab.example.com' },
    })
    const second = created(
      crdKind,
      manifest(),
      readerOf({ 'customresourcedefinitions.apiextensions.k8s.io': [first] }),
    ) as CustomResourceDefinition
    expect(second.status?.conditions?.map((c) => `${c.type}=${c.status} ${c.reason}`)).toEqual([
      'NamesAccepted=False SingularConflict',
      'Established=False NotAccepted',
    ])
    expect(crdKind.definesKinds!(second)).toEqual([])
  })
  test.each([
    ['good', manifest(), []],
    [
      'no names',
      { metadata: { name: 'backups.lab.example.com' }, spec: { ...(manifest() as CustomResourceDefinition).spec, names: undefined } },
      [
        'metadata.name: Invalid value: "backups.lab.example.com": must be spec.names.plural+"."+spec.group',
        'spec.names.plural: Required value',
        'spec.names.singular: Required value',
        'spec.names.kind: Required value',
        'spec.names.listKind: Required value',
      ],
    ],
    [
      'nothing stored',
      manifest({ storage: false }),
      [
        'spec.versions: Invalid value: [{"Name":"v1","Served":true,"Storage":false,"Deprecated":false,"DeprecationWarning":null,"Schema":null,"Subresources":null,"AdditionalPrinterColumns":null,"SelectableFields":null}]: must have exactly one version marked as storage version',
        'status.storedVersions: Invalid value: null: must have at least one stored version',
      ],
    ],
    ['no schema', manifest({ schema: undefined }), ['spec.versions[0].schema.openAPIV3Schema: Required value']],
    [
      'a schema that says no type',
      manifest({ schema: { openAPIV3Schema: { type: 'object', properties: { spec: { properties: {} } } } } }),
      ['spec.validation.openAPIV3Schema.properties[spec].type: Required value: must not be empty for specified object fields'],
    ],
    [
      'a column without a type',
      manifest({ additionalPrinterColumns: [{ name: 'Target', jsonPath: '.spec.target' }] }),
      ['spec.additionalPrinterColumns[0].type: Required value: must be one of boolean,date,integer,number,string'],
    ],
  ])('%s', (_name, m, expected) => {
    expect(refusals(crdKind, m)).toEqual(expected)
  })
})

describe('an object of a defined kind', () => {
  const kind = kindOf()
  test.each([
    ['good', { target: 'db', keep: 1, port: 'http' }, []],
    ['required', {}, ['spec.target: Required value', unchecked]],
    [
      'type',
      { target: 'db', keep: 'x' },
      ['spec.keep: Invalid value: "string": spec.keep in body must be of type integer: "string"', unchecked],
    ],
    ['enum', { target: 'db', mode: 'half' }, ['spec.mode: Unsupported value: "half": supported values: "full", "diff"', unchecked]],
    ['minimum', { target: 'db', keep: 0 }, ['spec.keep: Invalid value: 0: spec.keep in body should be greater than or equal to 1']],
    [
      'minLength and pattern',
      { target: '' },
      [
        'spec.target: Invalid value: "": spec.target in body should be at least 1 chars long',
        `spec.target: Invalid value: "": spec.target in body should match '^[a-z]+$'`,
      ],
    ],
    ['maxItems', { target: 'db', tags: ['a', 'b', 'c'] }, ['spec.tags: Too many: 3: must have at most 2 items', unchecked]],
    ['a set', { target: 'db', tags: ['a', 'a'] }, ['spec.tags[1]: Duplicate value: "a"']],
    [
      'int or string',
      { target: 'db', port: true },
      ['spec.port: Invalid value: "boolean": spec.port in body must be of type integer,string: "boolean"', unchecked],
    ],
    ['format', { target: 'db', when: 'now' }, ['spec.when: Invalid value: "now": spec.when in body must be of type date-time: "now"']],
  ])('%s', (_name, spec, expected) => {
    expect(kind.validate!(backup(spec), contextOf()).map(fieldErrorText)).toEqual(expected)
  })

  test('rules in CEL, on new objects and on changes', () => {
    const rules = [
      { rule: 'self.keep <= 5', message: 'keep at most 5' },
      { rule: 'self.target == oldSelf.target', messageExpression: "'was ' + oldSelf.target" },
    ]
    const ruled = kindOf({
      schema: { openAPIV3Schema: { type: 'object', properties: { spec: { ...specProps, 'x-kubernetes-validations': rules } } } },
    })
    expect(ruled.validate!(backup({ target: 'db', keep: 6 }), contextOf()).map(fieldErrorText)).toEqual([
      'spec: Invalid value: "object": keep at most 5',
    ])
    expect(
      ruled.validateUpdate!(backup({ target: 'x', keep: 1 }), backup({ target: 'db', keep: 1 }), contextOf()).map(fieldErrorText),
    ).toEqual(['spec: Invalid value: "object": was db'])
  })

  test('a rule that cannot be read is refused with the definition', () => {
    const props = { type: 'object', properties: { spec: { ...specProps, 'x-kubernetes-validations': [{ rule: 'self.keep =< 3' }] } } }
    expect(refusals(crdKind, manifest({ schema: { openAPIV3Schema: props } }))[0]).toMatch(
      /x-kubernetes-validations\[0\]\.rule: Invalid value: "self.keep =< 3": compilation failed: ERROR: <input>:1:11: Syntax error/,
    )
  })

  test('columns follow JSONPaths, and age stands in where there are none', () => {
    const columns = [
      { name: 'Target', type: 'string', jsonPath: '.spec.target' },
      { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
      { name: 'Keep', type: 'integer', jsonPath: '.spec.keep', priority: 1 },
    ]
    const object = { ...backup({ target: 'db' }), status: { conditions: [{ type: 'Ready', status: 'True' }] } }
    expect(row(kindOf({ additionalPrinterColumns: columns }), object)).toEqual({ Name: 'b', Target: 'db', Ready: 'True', Keep: null })
    expect(kind.columns.map((c) => c.name)).toEqual(['Name', 'Age'])
  })

  test('subresources, names and other versions', () => {
    const scaled = kindOf({
      subresources: {
        status: {},
        scale: { specReplicasPath: '.spec.keep', statusReplicasPath: '.status.n', labelSelectorPath: '.status.s' },
      },
    })
    expect(scaled.subresources).toMatchObject({ status: true, scale: { specReplicas: 'spec.keep', statusReplicas: 'status.n' } })
    expect(scaled.subresources.scale!.selector!({ ...backup({}), status: { s: 'a=b' } })).toBe('a=b')
    const two = created(crdKind, manifest()) as CustomResourceDefinition
    two.spec.versions.push({ ...two.spec.versions[0]!, name: 'v2', storage: false })
    const [, v2] = crdKind.definesKinds!(two)
    expect(v2!.storedAs!.toStored({ ...backup({}), apiVersion: 'lab.example.com/v2' }).apiVersion).toBe('lab.example.com/v1')
  })
})

test.each([
  ['.a.b', { a: { b: 1 } }, [1]],
  ['.a[1]', { a: [1, 2] }, [2]],
  [".a['x.y/z']", { a: { 'x.y/z': 3 } }, [3]],
  ['.a[*].b', { a: [{ b: 1 }, { b: 2 }] }, [1, 2]],
  ['.a.b', {}, []],
])('the path %s', (path, value, expected) => {
  expect(findPath(value, parseSimplePath(path)!)).toEqual(expected)
})
test('a path that is none', () => expect(parseSimplePath('spec')).toBeUndefined())
