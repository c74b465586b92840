/** Reads the fixture levels and sits down at one, for the tests of the game. */
import { resolve } from 'node:path'
import { FolderSource } from '../../src/cli/level-source.ts'
import { Catalogue } from '../../src/game/catalogue.ts'
import type { EditRequest, Step } from '../../src/game/contract.ts'
import { createGame, type Game } from '../../src/game/game.ts'
import { MemoryShelf } from '../../src/game/shelf.ts'
import type { Lang } from '../../src/shell/contract.ts'

export const FIRST = 'fixtures/first-service'

export const fixtureCatalogue = (): Catalogue =>
  new Catalogue(new FolderSource([{ id: FIRST, folder: resolve('test/game/levels/first-service'), saveName: FIRST }], '/nonexistent'))

export function newGame(shelf = new MemoryShelf(), lang: Lang = 'en'): { game: Game; shelf: MemoryShelf } {
  return { game: createGame({ catalogue: fixtureCatalogue(), shelf, lang, preset: 'bare' }), shelf }
}

export const textOf = (step: Step): string => step.output.map((o) => o.text).join('')

/** Types a command and lets time pass until it is over. */
export function type(game: Game, command: string): string {
  let step = game.submitCommand(command)
  let text = textOf(step)
  for (let i = 0; step.command.status === 'running' && i < 10_000; i++) {
    step = game.advance(100)
    text += textOf(step)
  }
  return text
}

/** Gives a command and lets time pass until it opens an editor; the request. */
export function edit(game: Game, command: string): EditRequest {
  let step = game.submitCommand(command)
  for (let i = 0; step.command.status === 'running' && i < 100; i++) step = game.advance(100)
  if (step.command.status !== 'edit') throw new Error(`no editor: ${step.command.status} ${textOf(step)}`)
  return step.command.edit
}
