import { expect, test } from 'vitest'
import type { ClassChild } from './calls'
import { lacking, signedAtFirst } from './papers'

const child = (id: string, consents: ClassChild['consents'] = [], refused: ClassChild['refused'] = []): ClassChild =>
  ({ id, name: id, under_14: true, birthday_known: true, consents, refused })

test('a family lacks what is on the paper and was not agreed to', () => {
  expect(lacking(child('a', ['live']), ['live', 'recording'])).toEqual(['recording'])
})

test('at first all are ticked that lack something, but none that withdrew', () => {
  const children = [child('new'), child('whole', ['live']), child('withdrew', [], ['live']), child('other', [], ['space'])]
  expect(signedAtFirst(children, ['live'])).toEqual(['new', 'other'])
})
