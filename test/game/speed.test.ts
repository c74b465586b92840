/** The frame is made quickly enough to be made anew on every tick. */
import { expect, test } from 'vitest'
import { Attempt } from '../../src/game/attempt.ts'
import { Seat } from '../../src/game/seat.ts'
import { FrameMaker } from '../../src/game/view/frame.ts'

test('a frame of 60 pods', () => {
  const opening = { level: undefined, preset: 'bare' as const, lang: 'en' as const, canEdit: true }
  const seat = new Seat(new Attempt(opening), opening, undefined)
  seat.submit('kubectl create deployment web --image=nginx --replicas=60')
  for (let i = 0; i < 600; i++) seat.advance(100)
  const frames = new FrameMaker(seat, 'sandbox')
  expect(frames.frame().nodes.flatMap((n) => n.pods)).toHaveLength(60)
  const times: number[] = []
  for (let i = 0; i < 40; i++) {
    frames.watcher.cluster++
    frames.watcher.events++
    const from = performance.now()
    frames.frame()
    times.push(performance.now() - from)
  }
  // Wide enough for a busy machine; it takes well below a millisecond on an idle one.
  expect(times.sort((a, b) => a - b)[20]).toBeLessThan(8)
})
