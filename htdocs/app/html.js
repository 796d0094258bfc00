// html.js - what every view is written with: markup as a template literal, components, and the hooks they use.

import { h, render, Fragment } from 'preact';
import { useEffect, useId, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { batch, computed, effect, signal, untracked, useComputed, useSignal, useSignalEffect } from '@preact/signals';
import htm from 'htm';

export const html = htm.bind(h);
export {
  Fragment, batch, computed, effect, render, signal, untracked, useComputed, useEffect, useId, useLayoutEffect, useMemo, useRef,
  useSignal, useSignalEffect,
};
