//! Entries in their order, with the blank lines that belong between them.

use super::keys::Form;
use super::tree::{Group, Item, Value};

/// Puts the entries of a value and of all within it in order.
pub(super) fn arrange(value: &mut Value, form: &'static Form) {
    let Value::Group(group) = value else { return };
    if !group.list {
        if form.is_by_day(group.items.iter().map(|item| item.name.as_str())) {
            group.items.sort_by(|a, b| a.name.cmp(&b.name));
        }
        group.items.sort_by_key(|item| form.rank(&item.name));
    }
    for item in &mut group.items {
        item.apart = if group.list { form.items_apart } else { form.is_apart(&item.name) };
        arrange(&mut item.value, if group.list { form } else { form.of(&item.name) });
    }
    if group.list {
        group.items.iter_mut().for_each(raise);
    }
}

/// A dash and the first entry behind it share a line, so that the comments of the entry go above the dash.
fn raise(item: &mut Item) {
    let Value::Group(Group { items, brackets, .. }) = &mut item.value else { return };
    let outside = !*brackets;
    if let Some(first) = items.first_mut().filter(|first| !first.above.is_empty()) {
        let mut above = std::mem::take(&mut first.above);
        above[0].gap = item.gap;
        item.gap = std::mem::take(&mut first.gap);
        item.above.append(&mut above);
    }
    if outside {
        item.lift();
    }
}
