// menu-button.js - a button that opens a menu (ARIA's menu button pattern): arrows, Home, End and letters walk, Esc
// closes.

import { html, useId, useLayoutEffect, useRef, useSignal } from '../../html.js';
import { IconButton } from './button.js';
import { Icon } from './icon.js';

const EDGE = 8; // pixels between a menu and the window

const items = (menu) => [...menu.querySelectorAll('[role="menuitem"]')];

/** Below the button or above it, where there is room, and within the window. */
function place(menu, button) {
  const at = button.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = menu;
  const isRightToLeft = getComputedStyle(button).direction === 'rtl';
  const wanted = isRightToLeft ? at.left : at.right - width;
  const left = Math.max(EDGE, Math.min(wanted, window.innerWidth - width - EDGE));
  const top = at.bottom + height + EDGE < window.innerHeight ? at.bottom + 4 : Math.max(EDGE, at.top - height - 4);
  menu.style.left = `${left}px`;
  menu.style.top = `${top}px`;
}

function target(list, event) {
  const here = list.indexOf(document.activeElement);
  const moves = { ArrowDown: here + 1, ArrowUp: here - 1 + list.length, Home: 0, End: list.length - 1 };
  if (event.key in moves) return list[moves[event.key] % list.length];
  if (event.key.length !== 1 || event.ctrlKey || event.metaKey || event.altKey) return null;
  const letter = event.key.toLowerCase();
  const following = [...list.slice(here + 1), ...list.slice(0, here + 1)];
  return following.find((item) => item.textContent.trim().toLowerCase().startsWith(letter)) ?? null;
}

function MenuItem({ item, onChoose }) {
  const inside = html`<${Icon} name=${item.icon} /><span>${item.text}</span>`;
  const shared = { role: 'menuitem', tabindex: -1, class: item.isDangerous ? 'menu-item danger' : 'menu-item', onClick: onChoose };
  return item.href ? html`<a href=${item.href} ...${shared}>${inside}</a>` : html`<button
    type="button" ...${shared}>${inside}</button>`;
}

/** The open menu. `close(hasFocus)`: whether the focus goes back to the button. */
function Menu({ id, label, rows, button, close }) {
  const menu = useRef(null);
  useLayoutEffect(() => {
    menu.current.showPopover?.();
    place(menu.current, button.current);
    items(menu.current)[0]?.focus();
    const isOutside = (event) => !menu.current?.contains(event.target) && !button.current?.contains(event.target);
    const leave = (event) => { if (isOutside(event)) close(false); };
    const end = () => close(false);
    document.addEventListener('pointerdown', leave, true);
    window.addEventListener('resize', end);
    return () => {
      document.removeEventListener('pointerdown', leave, true);
      window.removeEventListener('resize', end);
    };
  }, []);
  const onKeyDown = (event) => {
    const isEnd = event.key === 'Escape' || event.key === 'Tab';
    const next = isEnd ? null : target(items(menu.current), event);
    if (isEnd) close(true);
    next?.focus();
    if (event.key !== 'Escape' && !next) return;
    event.preventDefault();
    event.stopPropagation();
  };
  const choose = (item) => () => {
    close(true);
    item.run?.();
  };
  return html`<div ref=${menu} id=${id} class="menu" role="menu" popover="manual" aria-label=${label}
    onKeyDown=${onKeyDown}>
    ${rows.map((item) => html`<${MenuItem} key=${item.text} item=${item} onChoose=${choose(item)} />`)}
  </div>`;
}

/**
 * `items`: [{text, icon, run | href, isDangerous}]. The button is a picture with the label, or `children` if there are
 * any.
 */
export function MenuButton({ label, icon = 'more', items: rows, class: extra = '', children }) {
  const isOpen = useSignal(false);
  const button = useRef(null);
  const id = useId();
  const close = (hasFocus) => {
    isOpen.value = false;
    if (hasFocus) button.current?.focus();
  };
  const onKeyDown = (event) => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    event.preventDefault();
    event.stopPropagation();
    isOpen.value = true;
  };
  const shared = {
    'aria-haspopup': 'menu', 'aria-expanded': isOpen.value ? 'true' : 'false', 'aria-controls': isOpen.value ? id : undefined,
    onClick: () => { isOpen.value = !isOpen.value; }, onKeyDown,
  };
  return html`<span class=${`menu-anchor ${extra}`}
    ref=${(element) => { button.current = element?.querySelector('button') ?? null; }}>
    ${children ? html`<button type="button" class="menu-opener" ...${shared}>${children}</button>`
      : html`<${IconButton} icon=${icon} label=${label} ...${shared} />`}
    ${isOpen.value && html`<${Menu} id=${id} label=${label} rows=${rows} button=${button} close=${close} />`}
  </span>`;
}
