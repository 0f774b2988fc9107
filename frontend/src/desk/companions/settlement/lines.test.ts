import { expect, test } from 'vitest'
import { cellsOf, feeLines, theirLines } from './lines'

test('quoted cells keep commas, quotes and line ends', () => {
  expect(cellsOf('\uFEFFa,"b, ""c""\nd"\r\n\r\ne,f')).toEqual([['a', 'b, "c"\nd'], ['e', 'f']])
})

test('columns are found by either language, in any order', () => {
  expect(feeLines('名称,编码,单价,数量,日期\n片,A1,2.50,3,2016-11-01')).toEqual([{ code: 'A1', name: '片', day: '2016-11-01', quantity: '3', price: '2.50' }])
  expect(theirLines('number,total,fund\n1,2.00,1.00')).toHaveLength(1)
})

test('a line with a gap is named by its number', () => {
  expect(() => feeLines('code,name,day,quantity,price\nA1,片,2016-11-01,3,2.50\nA2,,2016-11-01,1,1')).toThrow('3')
})
