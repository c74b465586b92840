/** The stages that the build keeps change nothing but how long a start takes. */
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { newHome } from './program.ts'

const ID = 'services/wordpress-reachable'
const folder = resolve('node_modules/.cache/clusterlab-kept')
const node = (...args: readonly string[]): { code: number | null; text: string } => {
  const env = { ...process.env, CLUSTERLAB_HOME: newHome(), NODE_ENV: 'production' }
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', env })
  return { code: status, text: stdout + stderr }
}
const cli = (...args: readonly string[]) => node(join(folder, 'cli.js'), ...args)

const calls = [
  ['grade', ID, `levels/${ID}/solutions/alter-user.sh`, `levels/${ID}/wrong/port-probe.sh`, '--format', 'json'],
  ['grade', ID, `levels/${ID}/solutions/alter-user.sh`, '--format', 'json', '--seed', 'another'],
  ['sh', ID, 'looking.sh'],
].map((args) => args.map((a) => (a === 'looking.sh' ? join(folder, a) : a)))

let without: ReturnType<typeof cli>[] = []
beforeAll(() => {
  const built = node('scripts/build.mjs', folder)
  expect(built.code, built.text).toBe(0)
  writeFileSync(join(folder, 'looking.sh'), 'kubectl get pods,services,events -A -o wide; ls -la; cat .kubeconfig; brief; check\n')
  without = calls.map((args) => cli(...args))
  expect(node(join(folder, 'keep-stages.js'), ID)).toEqual({ code: 0, text: '' })
}, 240_000)

test('one is kept for the level, by the texts of its files', () => {
  expect(readdirSync(join(folder, 'stages'))).toEqual([expect.stringMatching(/^services-wordpress-reachable-[0-9a-f]{16}$/)])
})

test.each(calls.map((args, i) => [args.join(' '), i] as const))('%s: the same bytes', { timeout: 120_000 }, (_call, i) => {
  expect(without[i]!.text.length).toBeGreaterThan(500)
  expect(cli(...calls[i]!)).toEqual(without[i])
})

test('one that cannot be read is as if there were none', { timeout: 120_000 }, () => {
  const [name] = readdirSync(join(folder, 'stages'))
  const file = join(folder, 'stages', name!)
  writeFileSync(file, readFileSync(file).subarray(0, 1_000))
  expect(cli(...calls[2]!)).toEqual(without[2])
})
