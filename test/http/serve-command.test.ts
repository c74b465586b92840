/** `clusterlab serve` as a command: what it refuses, what it writes, and that it stops when told. */
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { CliError, type Context } from '../../src/cli/context.ts'
import { run } from '../../src/cli/serve.ts'

function contextOf(): { context: Context; printed: () => string } {
  let text = ''
  const stream = { write: (chunk: string) => (text += chunk) } as unknown as NodeJS.WriteStream
  const context: Context = { env: {}, stdin: process.stdin, stdout: stream, stderr: stream, lang: 'en', langGiven: false, noColour: true }
  return { context, printed: () => text }
}
const OPTIONS = { port: '0', speed: '1', preset: 'bare' }

test.each([
  ['a port that is no number', { port: 'x' }, 2, '--port: "x" is not a whole number from 0 to 65535'],
  ['a port out of range', { port: '70000' }, 2, '--port: "70000"'],
  ['no speed', { speed: '0' }, 2, '--speed: "0" is not a number from 0.01 to 1000'],
])('%s', async (_name, options, code, message) => {
  const error = await run([], { ...OPTIONS, ...options }, contextOf().context).then(
    () => undefined,
    (e: unknown) => e,
  )
  expect(error).toBeInstanceOf(CliError)
  expect((error as CliError).code).toBe(code)
  expect((error as CliError).message).toContain(message)
})

test('a level that there is not is a usage error', async () => {
  await expect(run(['no/such-level'], OPTIONS, contextOf().context)).rejects.toMatchObject({ code: 2 })
})

test('a port in use is said', async () => {
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  const port = (other.address() as { port: number }).port
  await expect(run([], { ...OPTIONS, port: String(port) }, contextOf().context)).rejects.toMatchObject({
    code: 3,
    message: expect.stringContaining('is in use'),
  })
  other.close()
})

test('it writes a kubeconfig for its owner alone, and stops at a signal', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'clusterlab-serve-'))
  const path = join(folder, 'kubeconfig')
  const { context, printed } = contextOf()
  const ending = run([], { ...OPTIONS, writeKubeconfig: path }, context)
  await expect.poll(printed, { timeout: 20_000 }).toContain(`export KUBECONFIG=${path}`)
  expect(readFileSync(path, 'utf8')).toMatch(/server: https:\/\/127\.0\.0\.1:\d+\n {4}certificate-authority-data: /)
  expect(statSync(path).mode & 0o777).toBe(0o600)
  process.emit('SIGTERM')
  expect(await ending).toBe(0)
  expect(printed()).toContain('Stopped.')
  rmSync(folder, { recursive: true })
}, 30_000)
