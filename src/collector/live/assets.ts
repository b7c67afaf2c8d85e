import app from './page/app.js?raw'
import connection from './page/connection.js?raw'
import copyButton from './page/copy-button.js?raw'
import describe from './page/describe.js?raw'
import details from './page/details.css?raw'
import diagnoseCss from './page/diagnose.css?raw'
import diagnoseHtml from './page/diagnose.html?raw'
import diagnose from './page/diagnose.js?raw'
import dom from './page/dom.js?raw'
import emptyState from './page/empty-state.js?raw'
import eventDetails from './page/event-details.js?raw'
import eventList from './page/event-list.js?raw'
import eventLog from './page/event-log.js?raw'
import eventRow from './page/event-row.js?raw'
import events from './page/events.css?raw'
import header from './page/header.js?raw'
import identities from './page/identities.js?raw'
import indexHtml from './page/index.html?raw'
import jsonView from './page/json-view.js?raw'
import layout from './page/layout.css?raw'
import page from './page/page.css?raw'
import people from './page/people.js?raw'
import personHistory from './page/person-history.js?raw'
import rowNavigation from './page/row-navigation.js?raw'
import row from './page/row.css?raw'
import toolbar from './page/toolbar.js?raw'
import typeFilter from './page/type-filter.js?raw'

/** The page itself. */
export const pageHtml = indexHtml

/** The page of `/diagnose`, which loads its files from here too. */
export const diagnosePageHtml = diagnoseHtml

/** What the page loads, by file name. */
export const pageFiles: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'app.js': app,
    'connection.js': connection,
    'copy-button.js': copyButton,
    'describe.js': describe,
    'details.css': details,
    'diagnose.css': diagnoseCss,
    'diagnose.js': diagnose,
    'dom.js': dom,
    'empty-state.js': emptyState,
    'event-details.js': eventDetails,
    'event-list.js': eventList,
    'event-log.js': eventLog,
    'event-row.js': eventRow,
    'events.css': events,
    'header.js': header,
    'identities.js': identities,
    'json-view.js': jsonView,
    'layout.css': layout,
    'page.css': page,
    'people.js': people,
    'person-history.js': personHistory,
    'row-navigation.js': rowNavigation,
    'row.css': row,
    'toolbar.js': toolbar,
    'type-filter.js': typeFilter,
  }),
)
