import { expect, test } from 'vitest'
import { digitsOfPi } from '../../src/programs/perl/pi.ts'
import { Session } from '../../src/session/session.ts'

test.each([
  [1, '3'],
  [4, '3.142'],
  [10, '3.141592654'],
  [50, '3.1415926535897932384626433832795028841971693993751'],
])('%i digits of pi', (digits, text) => expect(digitsOfPi(digits)).toBe(text))

test('the Job of the documentation computes pi to two thousand places', () => {
  const session = new Session({ world: { preset: 'default', seed: '1' } })
  session.run('kubectl create job pi --image=perl:5.34.0 -- perl -Mbignum=bpi -wle "print bpi(2000)"')
  expect(session.run('kubectl wait --for=condition=complete job/pi --timeout=60s').exitCode).toBe(0)
  const { output } = session.run('kubectl logs job/pi')
  expect(output).toHaveLength(2002)
  expect(output.startsWith('3.14159265358979')).toBe(true)
  session.run('kubectl run other --image=perl --restart=Never -- perl -e "use strict"')
  session.advance(20_000)
  expect(session.run('kubectl logs other').output).toContain('of perl only')
})
