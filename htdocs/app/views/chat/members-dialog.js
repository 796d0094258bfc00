// members-dialog.js - who is in a channel: see them, add some, take some out, leave.

import { computed, signal } from '@preact/signals';
import { html, useEffect, useMemo, useSignal } from '../../html.js';
import { t } from '../../language/language.js';
import { addMember, channelById, loadMembers, membersChanged, removeMember } from '../../models/channels.js';
import { isMember } from '../../models/conversations.js';
import { addressOf, fullNameOf, nameOf, people, personById } from '../../models/people.js';
import { myId } from '../../models/session.js';
import { isRemote } from '../../models/sidebar.js';
import { Button, IconButton } from '../shared/button.js';
import { Dialog } from '../shared/dialog.js';
import { FilteredList } from '../shared/filtered-list.js';
import { errorText } from '../shared/form.js';
import { leave } from './channel-list.js';
import { PersonMark } from './people-list.js';

const textsOf = (person) => [nameOf(person), addressOf(person)];

/** What the server says in English, in the reader's words. */
const REFUSALS = { 403: 'members.forbidden', 404: 'members.not-there', 409: 'members.elsewhere' };
const refusalText = (error) => (error.status in REFUSALS ? t(REFUSALS[error.status]) : errorText(error));

/** The members of a channel as they are now: {ids, error, problem, load, change}. */
function useMembers(channelId) {
  const members = useMemo(() => {
    const ids = signal(null);     // null until they are known
    const error = signal(null);   // of the list
    const problem = signal('');   // of the last change
    const load = async () => {
      try {
        ids.value = (await loadMembers(channelId)).map((member) => member.id);
        error.value = null;
      } catch (failed) {
        error.value = failed;
      }
    };
    const change = async (work) => {
      problem.value = '';
      try {
        await work();
        await load();
      } catch (failed) {
        problem.value = refusalText(failed);
      }
    };
    return { ids, error, problem, load, change };
  }, [channelId]);
  useEffect(() => membersChanged.subscribe((id) => { if (id === channelId || id === null) members.load(); }), [members]);
  return members;
}

function PersonLine({ person, children }) {
  const [name, address] = [nameOf(person), addressOf(person)];
  return html`<li class="line">
    <${PersonMark} person=${person} name=${name} />
    <span class="line-name"><bdi>${name}</bdi>${name !== address && html`${' '}<bdi
      class="row-detail">${address}</bdi>`}
      ${person.id === myId() && html`${' '}<span class="tag">${t('members.you')}</span>`}</span>
    ${children}
  </li>`;
}

/** Asks in place: a second click takes the member out. */
function RemoveButton({ person, remove }) {
  const isAsked = useSignal(false);
  const name = fullNameOf(person);
  if (!isAsked.value) {
    return html`<${IconButton} icon="trash" label=${t('members.remove', { name })}
      onClick=${() => { isAsked.value = true; }} />`;
  }
  return html`<span class="line-actions" role="group" aria-label=${t('members.remove', { name })}>
    <${Button} onClick=${() => { isAsked.value = false; }}>${t('action.cancel')}<//>
    <${Button} kind="danger" autofocus ref=${(button) => button?.focus?.()}
      onClick=${() => remove(person)}>${t('members.remove-short')}<//>
  </span>`;
}

function MemberList({ channelId, members }) {
  const rows = members.ids.value.map(personById).filter(Boolean);
  const sorted = [...rows].sort((one, other) => Number(Boolean(other.is_online)) - Number(Boolean(one.is_online)));
  const canRemove = isMember(channelId);
  const remove = (person) => members.change(() => removeMember(channelId, person.id));
  const draw = (person) => html`<${PersonLine} key=${person.id} person=${person}>
    ${canRemove && person.id !== myId() && html`<${RemoveButton} person=${person} remove=${remove} />`}<//>`;
  return html`<${FilteredList} label=${t('members.search')} rows=${sorted} textsOf=${textsOf} draw=${draw}
    nothing=${t('members.none')} />`;
}

function AddList({ channelId, members }) {
  const others = useMemo(() => computed(() => {
    const inside = new Set(members.ids.value);
    return people.value.filter((person) => !inside.has(person.id));
  }), [members]);
  const add = (person) => members.change(() => addMember(channelId, person.id));
  const draw = (person) => html`<${PersonLine} key=${person.id} person=${person}>
    <${Button} icon="add" aria-label=${t('members.add', { name: fullNameOf(person) })}
      onClick=${() => add(person)}>${t('members.add-short')}<//><//>`;
  return html`<${FilteredList} label=${t('members.search-all')} rows=${others.value} textsOf=${textsOf} draw=${draw}
    nothing=${t('members.nobody-left')} autofocus />`;
}

function Content({ channelId, members, isAdding }) {
  if (members.error.value) return html`<p class="error" role="alert">${refusalText(members.error.value)}</p>`;
  if (members.ids.value === null) return html`<p role="status">${t('frame.loading')}</p>`;
  return isAdding.value ? html`<${AddList} channelId=${channelId} members=${members} />`
    : html`<${MemberList} channelId=${channelId} members=${members} />`;
}

/** The dialog of a channel's members; `onClose` as for every dialog. */
export function MembersDialog({ channelId, onClose }) {
  const members = useMembers(channelId);
  const isAdding = useSignal(false);
  const channel = channelById(channelId);
  useEffect(() => { if (!channel) onClose(); }, [channel]);
  if (!channel) return null;
  const leaveIt = () => { onClose(); leave(channel); };
  const toggle = () => {
    isAdding.value = !isAdding.value;
    members.problem.value = '';
  };
  return html`<${Dialog} title=${t(isAdding.value ? 'members.add-title' : 'members.title', { name: channel.name })}
    onClose=${onClose}>
    ${isAdding.value && isRemote(channel) && html`<p
      class="hint">${t('members.remote-hint', { server: channel.origin_server })}</p>`}
    <p class="error" role="alert">${members.problem.value}</p>
    <${Content} channelId=${channelId} members=${members} isAdding=${isAdding} />
    <div class="actions">
      ${!isAdding.value && isMember(channelId) && html`<${Button} icon="sign-out"
        onClick=${leaveIt}>${t('channel.leave')}<//>`}
      <${Button} kind="primary" icon=${isAdding.value ? 'back' : 'add'} onClick=${toggle}>
        ${t(isAdding.value ? 'members.back' : 'members.add-people')}<//>
    </div>
  <//>`;
}
