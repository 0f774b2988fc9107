import type { Card } from './calls'
import { t } from './words'

type Mark = 'ok' | 'weak' | 'down' | 'idle' | 'live' | 'done'

/** The one thing to know about a resource now: why it cannot be used yet, else where its review stands. */
export function standing(card: Pick<Card, 'stage' | 'review' | 'progress'>): { mark: Mark; words: string } {
  if (card.stage === 'refused') return { mark: 'down', words: t('stage.refused') }
  if (card.stage !== 'playable') return { mark: 'live', words: t(`stage.${card.stage}`) }
  if (card.review === 'published') return { mark: 'done', words: t('review.published') }
  const marks: Record<string, Mark> = { draft: 'idle', waiting: 'weak', returned: 'down', withdrawn: 'down' }
  return { mark: marks[card.review] ?? 'idle', words: t(`review.${card.review}`) }
}
