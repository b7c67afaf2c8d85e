// @ts-check

/**
 * One row of the list is in the tab order; the arrow keys go from row to row, and to the person beside it.
 * @param {HTMLOListElement} list
 * @param {(row: Element) => void} onMove the row that the arrow keys went to
 * @returns {() => void} makes sure that some row is in the tab order; call it when rows came or went
 */
export function addRowNavigation(list, onMove) {
  list.addEventListener('focusin', ({ target }) => setTabStop(rowOf(target)))
  list.addEventListener('keydown', (pressed) => {
    const row = rowOf(pressed.target)
    const beside = { ArrowRight: '.person', ArrowLeft: '.open' }[pressed.key]
    if (beside) focus(row, beside)
    const next = {
      ArrowDown: row?.nextElementSibling,
      ArrowUp: row?.previousElementSibling,
      Home: list.firstElementChild,
      End: list.lastElementChild,
    }[pressed.key]
    if (!next) return
    pressed.preventDefault()
    focus(next, '.open')
    onMove(next)
  })

  /** @param {Element | null} row */
  function setTabStop(row) {
    for (const old of list.querySelectorAll('.open[tabindex="0"]')) old.setAttribute('tabindex', '-1')
    row?.querySelector('.open')?.setAttribute('tabindex', '0')
  }

  return () => {
    if (!list.querySelector('.open[tabindex="0"]')) setTabStop(list.firstElementChild)
  }
}

/** @param {EventTarget | null} target */
function rowOf(target) {
  return target instanceof Element ? target.closest('li') : null
}

/** @param {Element | null} row @param {string} part */
function focus(row, part) {
  const found = row?.querySelector(part)
  if (found instanceof HTMLElement) found.focus()
}
