// Every part of the design on one page, for people who build screens.

import { html, useState } from "../vendor.js";
import { ask, Dialog, Menu, toast } from "../parts/dialogs.js";
import { Drop } from "../parts/files.js";
import { Area, Check, Form, Input, Secret, Select, Submit, Tick, useForm } from "../parts/forms.js";
import { Icon } from "../parts/icons.js";
import { Brand, useTitle } from "../parts/pages.js";
import { Plot } from "../parts/plots.js";
import { Avatar, Badge, Button, Card, Code, Empty, Notice, Progress, Skeleton, Table, Tabs, Time } from "../parts/shown.js";
import { Places } from "../parts/tabs.js";

const COLOURS = ["back", "sunk", "raised", "hover", "line", "edge", "text", "muted", "accent", "accent-soft", "good", "good-soft", "warning", "warning-soft", "bad", "bad-soft"];
/** @type {import("../parts/icons.js").IconName[]} */
const ICONS = ["alert", "arrow", "check", "chevron", "copy", "cross", "door", "download", "eye", "folder", "gear", "globe", "info", "keyboard", "link", "lock", "more", "people", "person", "plug", "plus", "pulse", "search", "trash", "upload"];
const PEOPLE = [{ name: "Ann Lee", role: "Owner", calls: 1204 }, { name: "Budi Santoso", role: "Member", calls: 87 }];

export default function Parts() {
  const [isOpen, setOpen] = useState(false);
  useTitle("Parts");
  return html`<header class="bar"><${Brand} /><span class="grow"></span><${Avatar} name="Ann Lee" /></header>
  <main id="main">
    <div class="page-head"><h1>Parts</h1><p class="muted">What screens are made of. Light or dark is by your system.</p></div>
    <${Card} title="Type"><h1>Heading of a screen, 24</h1><h2>Heading of a part, 18</h2><h3>Heading within, 15</h3><p>Text, 15. <strong>Strong</strong>, <a href="#type">a link</a>, <code>code</code>, <kbd>Ctrl</kbd><kbd>K</kbd></p><p class="small muted">Small and muted, 13</p><//>
    <${Card} title="Distances"><div class="stack">${[1, 2, 3, 4, 5, 6, 7].map((step) => html`<div class="row"><code>--s${step}</code><div class="measure" style=${{ width: `var(--s${step})` }}></div></div>`)}</div><//>
    <${Card} title="Colours"><div class="swatches">${COLOURS.map((name) => html`<div class="swatch"><span style=${{ background: `var(--${name})` }}></span><span>--${name}</span></div>`)}</div><//>
    <${Card} title="Signs"><div class="row">${ICONS.map((name) => html`<span title=${name}><${Icon} name=${name} /></span>`)}</div><//>
    <${Card} title="Buttons"><div class="row"><${Button} kind="primary">Primary<//><${Button}>Usual<//><${Button} kind="plain">Plain<//><${Button} kind="quiet">Quiet<//><${Button} kind="danger" icon="trash">Danger<//><${Button} disabled>Off<//><${Button} busy>Busy<//><${Button} icon="more" label="More" /><${Button} href="#buttons">A link<//></div><//>
    <${Card} title="Badges and people"><div class="row"><${Badge}>Usual<//><${Badge} tone="good">Good<//><${Badge} tone="warning">Warning<//><${Badge} tone="bad">Bad<//><${Badge} tone="accent">Accent<//><${Avatar} name="Ann Lee" /><${Avatar} name="Budi Santoso" /><${Avatar} name="李" /></div><//>
    <${Card} title="Notices"><${Notice}>Something to know.<//><${Notice} tone="good">It went well.<//><${Notice} tone="warning" actions=${html`<${Button}>Do it<//>`}>Something to do.<//><${Notice} tone="bad">It did not go.<//><//>
    <${Card} title="Fields"><${Fields} /><//>
    <${Card} title="Tabs"><${Tabs} label="Languages" tabs=${["curl", "Python", "JavaScript"].map((title) => ({ key: title.toLowerCase(), title, shown: () => html`<${Code} label=${title} text=${`# ${title}\nGET /api/v1/projects`} />` }))} /><//>
    <${Card} title="Places"><${Places} label="Places" places=${["Overview", "Members", "Settings"].map((title, at) => ({ title, href: "#places", isHere: at === 1 }))} /><//>
    <${Card} title="Plots"><div class="plots"><${Plot} label="Requests" values=${[3, 8, 5, null, 4, 9, 6]} shown=${String} /><${Plot} label="Nothing yet" values=${[null]} shown=${String} /></div><//>
    <${Card} title="Files"><${Drop} onFile=${(/** @type {File} */ file) => toast(file.name)} /><//>
    <${Card} title="Table"><${Table} label="People" rows=${PEOPLE} keyOf=${(/** @type {any} */ one) => one.name} columns=${[
      { title: "Name", isHead: true, shown: (/** @type {any} */ one) => one.name }, { title: "Role", shown: (/** @type {any} */ one) => one.role },
      { title: "Calls", isNumber: true, shown: (/** @type {any} */ one) => one.calls }, { title: "Seen", shown: () => html`<${Time} at="2026-01-02T03:04:05Z" />` }]} /><//>
    <${Card} title="Over the page"><div class="row">
      <${Button} onClick=${() => setOpen(true)}>Dialog<//>
      <${Button} onClick=${() => ask({ title: "Delete the project?", text: "It is gone for everybody.", act: "Delete", name: "Shop", run: async () => toast("Deleted") })}>Named question<//>
      <${Button} onClick=${() => toast("Moved to another folder.", { undo: async () => toast("Moved back.") })}>Message with a way back<//>
      <${Menu} label="Things" align="start" items=${[{ title: "Rename", icon: "gear", run: () => toast("Renamed") }, { title: "Delete", icon: "trash", isDangerous: true, run: () => toast("Deleted") }]} button=${(/** @type {any} */ attributes) => html`<button type="button" class="button" ...${attributes}>Menu<${Icon} name="chevron" /></button>`} />
    </div><//>
    <${Card} title="Waiting"><${Skeleton} /><${Progress} label="Reading" value=${0.4} /><${Progress} label="Working" /><//>
    <${Empty} icon="folder" title="Nothing here yet" actions=${html`<${Button} kind="primary" icon="plus">New<//>`}>What would stand here, and what to do.<//>
  </main>
  ${isOpen && html`<${Dialog} title="A dialog" onClose=${() => setOpen(false)}><p>Escape closes it, and so does a press beside it.</p><div class="row actions"><${Button} kind="primary" onClick=${() => setOpen(false)}>Good<//></div><//>`}`;
}

function Fields() {
  const [isOn, setOn] = useState(true);
  const form = useForm({ initial: { kind: "b" }, send: async () => toast("Sent") });
  return html`<${Form} form=${form}>
    <${Input} name="name" label="Name" hint="As others see it." required />
    <${Input} name="email" type="email" label="E-mail address" placeholder="ann@example.com" />
    <${Secret} name="password" label="Password" autocomplete="off" />
    <${Area} name="text" label="Description" />
    <${Select} name="kind" label="Kind" options=${[["a", "One"], ["b", "Another"]]} />
    <${Check} name="isPublic" label="Everybody may read it" hint="Who is signed in here, that is." />
    <${Tick} label="Shown at once" checked=${isOn} onChoose=${setOn} />
    <${Submit}>Save<//>
  <//>`;
}
