import { search } from '../../shared/api'
import { api } from '../account'

/** Fetches a file behind the sign-in and hands it to the browser's own saving. */
export async function save(path: string, query: Record<string, string | null>, name: string): Promise<void> {
  const address = URL.createObjectURL(await api.blob(path + search(query)))
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(address), 10_000)
}
