// tiles.js - moving among buttons that lie in rows, by the arrow keys. One of them at a time can be reached by Tab.

const SIDEWAYS = { ArrowRight: 1, ArrowLeft: -1 };
const ENDS = { Home: 0, End: -1 };
const UPRIGHT = { ArrowDown: 1, ArrowUp: -1 };

const middle = ({ left, right }) => (left + right) / 2;

/** The tile of the next row, up or down, that is nearest; undefined: there is no such row. */
function acrossRows(tiles, current, direction) {
  const here = current.getBoundingClientRect();
  const rows = tiles.map((tile) => ({ tile, place: tile.getBoundingClientRect() }))
    .filter(({ place }) => (place.top - here.top) * direction > here.height / 2);
  const nearest = Math.min(...rows.map(({ place }) => (place.top - here.top) * direction));
  const row = rows.filter(({ place }) => (place.top - here.top) * direction < nearest + here.height / 2);
  const distance = ({ place }) => Math.abs(middle(place) - middle(here));
  return row.sort((one, other) => distance(one) - distance(other))[0]?.tile;
}

function nextTile(key, tiles, current, isRightToLeft) {
  if (key in ENDS) return tiles.at(ENDS[key]);
  if (key in UPRIGHT) return acrossRows(tiles, current, UPRIGHT[key]);
  return tiles[tiles.indexOf(current) + SIDEWAYS[key] * (isRightToLeft ? -1 : 1)];
}

/** Gives the focus to a tile, and makes it the one for Tab. */
export function focusTile(tile) {
  for (const other of tile.parentElement.children) other.tabIndex = other === tile ? 0 : -1;
  tile.focus();
}

/** For the keydown event of what the tiles lie in. `leave(event)`: there is nothing above the first row. */
export function moveAmongTiles(event, leave = () => {}) {
  const { key, currentTarget: group, target } = event;
  if (!(key in SIDEWAYS || key in ENDS || key in UPRIGHT) || event.ctrlKey || event.altKey || event.metaKey) return;
  const tiles = [...group.children];
  const current = target.closest('button');
  if (!tiles.includes(current)) return;
  event.preventDefault();
  const next = nextTile(key, tiles, current, getComputedStyle(group).direction === 'rtl');
  if (next) focusTile(next);
  else if (key === 'ArrowUp') leave();
}
