import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type FlagDefinition, parseFlags, splitCsv } from '../../src/kubectl/flags/pflag.ts'
import { definitionsOf, findCommand, suggestions } from '../../src/kubectl/flags/tree.ts'

const definitions: FlagDefinition[] = [
  { name: 'output', short: 'o', type: 'string', default: '' },
  { name: 'watch', short: 'w', type: 'bool', default: 'false' },
  { name: 'all-namespaces', short: 'A', type: 'bool', default: 'false' },
  { name: 'replicas', type: 'int', default: '1' },
  { name: 'timeout', type: 'duration', default: '30s' },
  { name: 'filename', short: 'f', type: 'slice', default: '[]' },
  { name: 'from-literal', type: 'array', default: '[]' },
  { name: 'dry-run', type: 'string', default: 'none', bare: 'unchanged' },
]
const read = (...argv: string[]) => parseFlags(argv, definitions)

describe('pflag', () => {
  test.each([
    ['-o json', ['-o', 'json'], 'json'],
    ['-ojson', ['-ojson'], 'json'],
    ['-o=json', ['-o=json'], 'json'],
    ['--output json', ['--output', 'json'], 'json'],
    ['--output=json', ['--output=json'], 'json'],
    ['combined shorthands', ['-wAo', 'json'], 'json'],
    ['after arguments', ['pods', '-o', 'json'], 'json'],
    ['the last wins', ['-o', 'yaml', '-o', 'json'], 'json'],
  ])('%s', (_name, argv, output) => {
    expect(read(...argv).flags.text('output')).toBe(output)
  })

  test.each([
    ['--dry-run', 'unchanged'],
    ['--dry-run=client', 'client'],
  ])('%s may stand alone', (word, value) => {
    const parsed = read(word, 'pods')
    expect(parsed.flags.text('dry-run')).toBe(value)
    expect(parsed.args).toEqual(['pods'])
  })

  test.each([
    [['--foo'], 'unknown flag: --foo'],
    [['-x'], "unknown shorthand flag: 'x' in -x"],
    [['-wx'], "unknown shorthand flag: 'x' in -wx"],
    [['-o'], "flag needs an argument: 'o' in -o"],
    [['--output'], 'flag needs an argument: --output'],
    [['--replicas=two'], 'invalid argument "two" for "--replicas" flag: strconv.ParseInt: parsing "two": invalid syntax'],
    [['--timeout=soon'], 'invalid argument "soon" for "--timeout" flag: time: invalid duration "soon"'],
    [['--watch=maybe'], 'invalid argument "maybe" for "-w, --watch" flag: strconv.ParseBool: parsing "maybe": invalid syntax'],
  ])('%j is refused', (argv, message) => {
    expect(() => read(...argv)).toThrow(message)
  })

  test('slices split at commas, arrays do not; `--` ends flags', () => {
    const parsed = read('-f', 'a,b', '-f', 'c', '--from-literal=x=1,2', 'web', '--', '-w', '--foo')
    expect(parsed.flags.list('filename')).toEqual(['a', 'b', 'c'])
    expect(parsed.flags.list('from-literal')).toEqual(['x=1,2'])
    expect(parsed.args).toEqual(['web', '-w', '--foo'])
    expect(parsed.dash).toBe(1)
    expect(parsed.flags.bool('watch')).toBe(false)
  })

  test('arguments without dashes come through in their order', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z0-9/=,.]{1,8}$/)), (words) => {
        expect(read(...words).args).toEqual(words)
      }),
    )
  })

  test('a value is read back whichever way it is written', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-zA-Z0-9{}.=,]{1,12}$/), (value) => {
        expect(read('--output', value).flags.text('output')).toBe(value)
        expect(read(`--output=${value}`).flags.text('output')).toBe(value)
        expect(read(`-o=${value}`).flags.text('output')).toBe(value)
      }),
    )
  })

  test('quoted commas', () => {
    expect(splitCsv('a,"b,c",d')).toEqual(['a', 'b,c', 'd'])
  })
})

describe('commands', () => {
  test.each([
    [['get', 'pods'], 'kubectl get', ['pods']],
    [['-n', 'x', 'rollout', 'status', 'deploy/web'], 'kubectl rollout status', ['-n', 'x', 'deploy/web']],
    [['create', 'cm', 'a'], 'kubectl create configmap', ['a']],
    [['create', 'secret', 'generic', 'a'], 'kubectl create secret generic', ['a']],
    [['exec', 'web', '--', 'get', 'pods'], 'kubectl exec', ['web', '--', 'get', 'pods']],
  ])('%j', (argv, path, rest) => {
    expect(findCommand(argv)).toMatchObject({ path, rest })
  })

  test('a verb may have a flag of the name of a global one', () => {
    expect(definitionsOf('kubectl create rolebinding').filter((f) => f.name === 'user')).toEqual([
      expect.objectContaining({ type: 'slice' }),
    ])
  })

  test('suggestions are near by spelling', () => {
    expect(suggestions('gett', ['get', 'set', 'delete'])).toEqual(['get', 'set'])
  })
})
