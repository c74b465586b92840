/** Law 3: each kind, controller, plugin, verb and check is a folder or file of its own with a line in its registry. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { sources } from './sources.ts'

/** Folders that hold a record; others beside them are what several records share. */
const folders = (parent: string, record: RegExp): string[] =>
  existsSync(parent)
    ? readdirSync(parent, { withFileTypes: true })
        .filter((e) => e.isDirectory() && sources.some((s) => s.path.startsWith(`${parent}/${e.name}/`) && record.test(s.text)))
        .map((e) => e.name)
        .sort()
    : []

describe.each([
  { what: 'controller', record: /\b(?:ControllerDefinition)\b/, parent: 'src/controllers', registry: 'src/controllers/index.ts' },
  { what: 'scheduler plugin', record: /\b(?:PluginRecord)\b/, parent: 'src/scheduler/plugins', registry: 'src/scheduler/plugins/index.ts' },
  {
    what: 'admission plugin',
    record: /\b(?:AdmissionPlugin)\b/,
    parent: 'src/apiserver/admission',
    registry: 'src/apiserver/admission/registry.ts',
  },
  { what: 'verb', record: /\b(?:VerbDefinition|plainVerb)\b/, parent: 'src/kubectl/verbs', registry: 'src/kubectl/verbs/index.ts' },
])('$what', ({ parent, registry, record }) => {
  const text = readFileSync(registry, 'utf8')
  test.each(folders(parent, record))('%s is in the registry', (name) => {
    expect(text).toContain(`'./${name}/`)
  })
})

describe('kind', () => {
  // Kinds that extension API servers serve come with their APIServices.
  const text = `${readFileSync('src/kinds/index.ts', 'utf8')}${readFileSync('src/kinds/metrics/index.ts', 'utf8').replaceAll("'./", "'./metrics/")}`
  const defining = sources
    .filter((s) => s.room === 'kinds' && /\bdefineKind(<\w+>)?\(/.test(s.text))
    .map((s) => s.path.replace('src/kinds/', './'))
  test.each(defining)('%s is in the registry', (file) => {
    expect(text).toContain(`'${file}'`)
  })
})

describe('check', () => {
  const text = readFileSync('src/grading/checks/index.ts', 'utf8')
  const defining = sources
    .filter((s) => s.path.startsWith('src/grading/checks/') && /: CheckDefinition\b.*=/.test(s.text))
    .map((s) => s.path.replace('src/grading/checks/', './'))
  test.each(defining.length > 0 ? defining : ['./state.ts'])('%s is in the registry', (file) => {
    expect(text).toContain(`'${file}'`)
  })
})

test('an imported record is also listed', () => {
  const unlisted: string[] = []
  for (const registry of [
    'src/kinds/index.ts',
    'src/controllers/index.ts',
    'src/scheduler/plugins/index.ts',
    'src/kubectl/verbs/index.ts',
    'src/apiserver/admission/registry.ts',
    'src/grading/checks/index.ts',
  ]) {
    const text = readFileSync(registry, 'utf8')
    for (const [, names] of text.matchAll(/^import \{ ([^}]+) \} from '\.\//gm))
      for (const name of names!.split(',').map((n) => n.trim()))
        if (!name.startsWith('type ') && text.split(new RegExp(`\\b${name}\\b`)).length < 3) unlisted.push(`${registry}: ${name}`)
  }
  expect(unlisted).toEqual([])
})

/** Words that name kinds; shared code asks a kind's record instead. */
test('shared code does not branch on a kind by name', () => {
  const kinds =
    /\b(?:kind|definition|k)\.(?:kind|resource)\s*[!=]==\s*'(Pod|Deployment|Service|Node|Secret|ConfigMap|Namespace|ReplicaSet|StatefulSet|DaemonSet|Job|CronJob|Event)'/
  const shared = sources.filter(
    (s) => ['api', 'store', 'client'].includes(s.room) || /^src\/apiserver\/(write|read|handle|exchange|patch)/.test(s.path),
  )
  expect(shared.filter((s) => kinds.test(s.text)).map((s) => s.path)).toEqual([])
})
