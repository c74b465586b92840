// The game in a real pseudo-terminal: typing with mistakes, paste, resize, Ctrl-C, signals, and the terminal put back afterwards.
import { afterEach, describe, expect, test } from 'vitest'
import { Session } from './pty.ts'

const LEVEL = 'services/wordpress-reachable'
const open: Session[] = []
afterEach(() => {
  for (const session of open.splice(0)) session.kill()
})

const start = async (columns: number, rows: number, env: Record<string, string> = {}, args = ['en', LEVEL]) => {
  const session = await Session.start(args, columns, rows, env)
  open.push(session)
  await session.until('$ ')
  return session
}

const noDoubles = (screen: string) => expect(screen.split('⎈').length - 1).toBe(1)

describe.each([
  [80, 24],
  [200, 60],
])('at %i×%i', (columns, rows) => {
  test('typing with mistakes, history, completion; the cursor stands where the text goes', async () => {
    const session = await start(columns, rows)
    session.send('echp hallo\u007f\u007f\u007f\u007f\u007f\u007f\u007f')
    session.send('o ñandú 名前')
    await session.until('$ echo ñandú 名前')
    const line = session.screen().split('\n')[session.cursor().y]!
    expect(line).toContain('$ echo ñandú 名前')
    // Two of the characters are two cells wide, so the cursor is two cells further than the text is long.
    expect(session.cursor().x).toBe(line.indexOf('前') + 1 + 2)
    session.send('\r')
    await session.until((screen) => /\n\S* ?ñandú 名前/.test(screen))
    session.send('\u001b[A\u0001\u001b[3~E')
    await session.until('$ Echo ñandú')
    session.send('\u0003kub\tget po\t')
    await session.until('pods.metrics')
    noDoubles(session.screen())
    session.send('\u0003')
    session.send('\u001b[21~')
    await session.until('Leave the level?')
    session.send('q')
    expect(await session.exited).toBe(0)
    expect(session.report()).toMatchObject({ commands: ['echo ñandú 名前'], closed: 1 })
  })

  test('a bracketed paste of YAML arrives whole and waits for Enter', async () => {
    const session = await start(columns, rows)
    const yaml = Array.from({ length: 120 }, (_, i) => `  key${i}: "value ${i}"`).join('\n')
    session.send(`\u001b[200~cat > x.yaml <<EOF\n${yaml}\nEOF\u001b[201~`)
    await session.until('EOF')
    expect(session.raw).not.toContain('sh: cat')
    session.send('\r')
    await session.until('cat: not found')
    session.send('\u0004')
    await session.until('Leave the level?')
    session.send('q')
    await session.exited
    expect(session.report().commands).toEqual([`cat > x.yaml <<EOF\n${yaml}\nEOF`])
  })

  test('text typed at once, without brackets, loses nothing', async () => {
    const session = await start(columns, rows)
    const commands = Array.from({ length: 40 }, (_, i) => `echo number ${i} ${'x'.repeat(i)}`)
    session.send(commands.map((command) => `${command}\r`).join(''))
    await session.until(`number 39 ${'x'.repeat(10)}`)
    session.send('\u0004')
    await session.until('Leave the level?')
    session.send('q')
    await session.exited
    expect(session.report().commands).toEqual(commands)
  })

  test('resizing redraws without remains, both ways and through too small', async () => {
    const session = await start(columns, rows)
    session.send('half typed')
    await session.until('half typed')
    for (const [width, height] of [
      [100, 40],
      [60, 16],
      [40, 10],
      [132, 43],
      [columns, rows],
    ] as const) {
      session.resize(width, height)
      await session.until(
        width < 60
          ? '40×10'
          : (screen) =>
              screen.includes('half typed') && screen.split('\n').some((line) => line.includes('⎈') && line.trimEnd().length >= width - 2),
      )
      if (width >= 60) noDoubles(session.screen())
    }
  })

  test('Ctrl-C stops a command and never the game', async () => {
    const session = await start(columns, rows)
    session.send('sleep 1000\r')
    await session.until('Ctrl-C stops it')
    session.send('\u0003')
    await session.until('^C')
    session.send('\u0003\u0003echo still here\r')
    await session.until((screen) => screen.split('still here').length === 3)
  })
})

describe('ways out', () => {
  test.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ])('%s saves the draft and puts the terminal back', async (signal, code) => {
    const session = await start(80, 24)
    session.send('kubectl apply -f precious')
    await session.until('precious')
    session.signal(signal)
    expect(await session.exited).toBe(code)
    expect(session.report().draft?.prompt).toBe('kubectl apply -f precious')
    expect(session.report().saves).toBe(1)
    for (const mode of ['\u001b[?1049l', '\u001b[?2004l', '\u001b[?25h']) expect(session.raw).toContain(mode)
  })

  test('a bug of ours ends with 3, the draft kept and the terminal back', async () => {
    const session = await start(80, 24)
    session.send('edit\r')
    await session.until('Editing service.yaml')
    session.send('# typed\u0003n')
    await session.until('Edit cancelled')
    session.send('crash\r')
    expect(await session.exited).toBe(3)
    expect(session.raw.slice(session.raw.lastIndexOf('\u001b[?1049l'))).toContain('a bug of ours')
  })

  test('no colours with NO_COLOR, Spanish with LANG', async () => {
    const session = await start(80, 24, { NO_COLOR: '1', LANG: 'es_ES.UTF-8' }, ['', LEVEL])
    await session.until('Objetivos')
    expect(session.raw).not.toMatch(/\u001b\[(?:\d+;)*[349]\d(?:;|m)/)
  })

  test('screen reader: no alternate screen, lines said once', async () => {
    const session = await start(80, 24, { INK_SCREEN_READER: 'true' })
    session.send('echo spoken words\r')
    await session.until((screen) => /^spoken words/m.test(screen))
    expect(session.raw).not.toContain('\u001b[?1049h')
    expect(session.raw.split('\nspoken words').length - 1).toBe(1)
  })
})
