"""Follows e-mails about alerts to their end: whether they left is known to the mail, minutes later."""

from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_core.mail.outcomes import outcomes
from schema.alerts import AlertChannel, AlertNotification, ChannelKind, NotificationState

AT_ONCE = 200


def settle_mails(session: Session) -> int:
    """Note of each e-mail that was handed over what became of it; return how many are over. The caller commits."""
    wanted = (
        select(AlertNotification, AlertChannel)
        .join(AlertChannel, AlertChannel.id == AlertNotification.channel_id)
        .where(AlertNotification.state == NotificationState.QUEUED, AlertChannel.kind == ChannelKind.EMAIL)
        .order_by(AlertNotification.created_at, AlertNotification.id)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True, of=AlertNotification)
    )
    rows = session.execute(wanted).all()
    known = outcomes(session, [notification.id for notification, _ in rows]) if rows else {}
    over = [(row[0], row[1], known[row[0].id]) for row in rows if row[0].id in known and known[row[0].id].is_over]
    for notification, channel, outcome in over:
        ended(notification, channel, outcome.error)
    return len(over)


def ended(notification: AlertNotification, channel: AlertChannel, error: str) -> None:
    """Note how a message ended, and how its channel does."""
    now = datetime.now(UTC)
    if error:
        notification.state, notification.error, channel.last_error = NotificationState.FAILED, error, error
        return
    notification.state, notification.sent_at, notification.error = NotificationState.SENT, now, None
    channel.last_sent_at, channel.last_error = now, None
