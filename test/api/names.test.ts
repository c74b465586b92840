import { describe, expect, test } from 'vitest'
import { fieldErrorText } from '../../src/api/errors.ts'
import { intValue, scaledValue } from '../../src/api/int-or-string.ts'
import * as names from '../../src/api/names.ts'
import { validateObjectMeta, validateObjectMetaUpdate } from '../../src/api/names-meta.ts'

const subdomain =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
const label =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
const key =
  "a valid label key must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
const value =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"

describe('messages, as recorded', () => {
  test.each([
    ['subdomain', names.dns1123SubdomainErrors('two words'), [subdomain]],
    ['subdomain with dots', names.dns1123SubdomainErrors('dots.are.fine'), []],
    ['label with dots', names.dns1123LabelErrors('dots.are.not'), ['must not contain dots']],
    ['label', names.dns1123LabelErrors('a/b'), [label]],
    ['key with two slashes', names.qualifiedNameErrors('a/b/c'), [key]],
    ['key with an empty prefix', names.qualifiedNameErrors('/b'), ['prefix part must be non-empty']],
    ['value', names.labelValueErrors('ends-'), [value]],
    ['empty value', names.labelValueErrors(''), []],
    ['port name', names.portNameErrors('this-name-is-too-long'), ['must be no more than 15 characters']],
    ['port name of digits', names.portNameErrors('80'), ['must contain at least one letter (a-z)']],
    [
      'port name with hyphens',
      names.portNameErrors('-a--b'),
      ['must not contain consecutive hyphens', 'must not begin or end with a hyphen'],
    ],
    ['port', names.portNumberErrors(0), ['must be between 1 and 65535, inclusive']],
    ['config key', names.configMapKeyErrors('..'), ["must not be '..'"]],
    ['relaxed env name', names.relaxedEnvVarNameErrors('1 BAD'), []],
    [
      'relaxed env name with =',
      names.relaxedEnvVarNameErrors('a=b'),
      ["a valid environment variable name must consist only of printable ASCII characters other than '='"],
    ],
    ['address', names.ipErrors('10.0.0.256'), ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)']],
    ['block', names.cidrErrors('10.0.0.0/33'), ['must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)']],
    ['v6', names.ipErrors('2001:db8::1'), []],
    ['generateName', names.nameIsDns1123Label('web-', true), []],
    ['name with a dash at its end', names.nameIsDns1123Label('web-'), [label]],
  ])('%s', (_, got, want) => expect(got).toEqual(want))
})

test('metadata: every error at once', () => {
  const meta = {
    name: 'Bad_',
    namespace: 'x',
    labels: { '-start': 'x', good: 'has space' },
    finalizers: ['mine'],
    ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: '', uid: 'u' }],
  }
  const texts = validateObjectMeta(meta, { namespaced: false }).map(fieldErrorText)
  expect(texts.map((t) => t.split(': ').slice(0, 3).join(': '))).toEqual([
    'metadata.name: Invalid value: "Bad_"',
    'metadata.namespace: Forbidden: not allowed on this type',
    'metadata.labels: Invalid value: "-start"',
    'metadata.labels: Invalid value: "has space"',
    'metadata.ownerReferences[0].name: Invalid value: ""',
    'metadata.finalizers[0]: Invalid value: "mine"',
  ])
})

test('metadata: what an update may not change', () => {
  const old = { name: 'a', namespace: 'x', uid: 'u', resourceVersion: '1', deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: ['a/b'] }
  const texts = validateObjectMetaUpdate({ ...old, name: 'b', finalizers: ['a/b', 'c/d'] }, old).map(fieldErrorText)
  expect(texts).toEqual([
    'metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"c/d"}',
    'metadata.name: Invalid value: "b": field is immutable',
  ])
})

test('hostile names end quickly', () => {
  expect(names.dns1123SubdomainErrors(`${'a-'.repeat(50_000)}!`)).toHaveLength(2)
  expect(names.qualifiedNameErrors(`${'a.'.repeat(50_000)}!`)).toHaveLength(2)
})

test('IntOrString', () => {
  expect(scaledValue('25%', 10, true)).toBe(3)
  expect(scaledValue('25%', 10, false)).toBe(2)
  expect(scaledValue(4, 10, true)).toBe(4)
  expect(scaledValue('x', 10, true)).toBeUndefined()
  expect(intValue('8080')).toBe(8080)
})
