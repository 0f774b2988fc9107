/** One draft that is being worked on: its week, its judgement, moves, and what somebody else did to it meanwhile. */
import { computed, ref, shallowRef, type Ref } from 'vue'
import type { Problem } from '../../shared/api'
import { draftWeek, judge, moveLessons, showDraft, slotsOf, type Draft, type Judgement, type Move, type Slot, type Week } from './calls'
import { differences, type Difference } from './compare'
import type { Lesson } from './score'
import { lessonOf, lessonOfUnplaced } from './weeks'

/** Somebody else changed the draft: who, when, what; and one's own moves, if they were refused for it. */
export interface Meanwhile { by: string; at: string; changed: Difference[]; mine: Move[]; revision: number }

export function openedDraft(id: string, county: () => string) {
  const draft = shallowRef<Draft | null>(null)
  const week = shallowRef<Week | null>(null)
  const judgement = shallowRef<Judgement | null>(null)
  const meanwhile = shallowRef<Meanwhile | null>(null)
  const said = ref('')
  const busy = ref(false)
  const lessons = computed(() => week.value?.cells.map(lessonOf) ?? [])
  const unplaced = computed(() => week.value?.unplaced.map(lessonOfUnplaced) ?? [])
  const trying = trier(said, busy)

  const load = (): Promise<void> => trying(async () => {
    ;[draft.value, week.value, judgement.value] = await Promise.all([showDraft(id), draftWeek(id, county()), judge(id)])
    meanwhile.value = null
  })

  const send = (moves: Move[], revision = draft.value?.revision ?? 0): Promise<void> => trying(async () => {
    try {
      draft.value = (await moveLessons(id, revision, moves)).draft
    } catch (error) {
      if ((error as Problem).code !== 'changed-meanwhile') throw error
      const told = (error as Problem).document
      return found(moves, told['revision'] as number, nameOf(told['by']), String(told['at'] ?? ''))
    }
    meanwhile.value = null
    ;[week.value, judgement.value] = await Promise.all([draftWeek(id, county()), judge(id)])
  })

  async function found(mine: Move[], revision: number, by: string, at: string): Promise<void> {
    const theirs = await draftWeek(id, county())
    meanwhile.value = { by, at, changed: differences(lessons.value, theirs.cells.map(lessonOf)), mine, revision }
  }

  /** Whether somebody else has changed the draft since it was loaded. */
  async function glance(): Promise<void> {
    if (busy.value || meanwhile.value || !draft.value) return
    const latest = await showDraft(id).catch(() => null)
    if (!latest || busy.value || latest.revision === draft.value.revision) return
    await found([], latest.revision, latest.changed_by?.name ?? '', latest.changed_at)
  }

  return { draft, week, judgement, meanwhile, said, busy, lessons, unplaced, load, send, glance, ...lookingAt(id, said) }
}

function trier(said: Ref<string>, busy: Ref<boolean>) {
  return async (work: () => Promise<void>): Promise<void> => {
    busy.value = true
    said.value = ''
    try {
      await work()
    } catch (problem) {
      said.value = (problem as Error).message
    } finally {
      busy.value = false
    }
  }
}

/** The times of one lesson; of two that were asked for in haste the last counts. */
function lookingAt(id: string, said: Ref<string>) {
  const slots = shallowRef<Slot[] | null>(null)
  let looked = 0
  async function lookAt(lesson: Lesson): Promise<void> {
    const mine = ++looked
    slots.value = null
    const answer = await slotsOf(id, lesson.course, lesson.number).catch((problem: Error) => { said.value = problem.message })
    if (mine === looked) slots.value = answer?.slots ?? []
  }
  return { slots, lookAt }
}

const nameOf = (who: unknown): string => (typeof who === 'string' ? who : ((who as { name?: string } | null)?.name ?? ''))
