"""The jobs that core itself declares, by the paths of their functions: nothing is imported before a worker starts."""

from admin_core.jobs.declared import Job

CORE_JOBS = (
    Job(
        slug="core.expire-view-states",
        run="admin_core.jobs.housekeeping.expire_view_states",
        title="Delete expired list states",
        queue="low",
        cron="17 * * * *",
    ),
    Job(
        slug="core.forget-repeated-requests",
        run="admin_core.jobs.housekeeping.forget_repeated_requests",
        title="Delete answers kept for repeated requests",
        queue="low",
        cron="27 * * * *",
    ),
    Job(
        slug="core.forget-finished-jobs",
        run="admin_core.jobs.housekeeping.forget_finished_jobs",
        title="Delete old jobs and process reports",
        queue="low",
        cron="40 2 * * *",
        timeout_s=3600,
    ),
    Job(
        slug="core.test-integration",
        run="admin_core.configuration.test_job.integration_is_tested",
        title="Test an integration",
        queue="high",
        timeout_s=60,
        max_attempts=2,
        unique=True,
    ),
    Job(
        slug="core.send-mail",
        run="admin_core.mail.sending.send_mail",
        title="Send an e-mail",
        queue="high",
        max_attempts=1,
    ),
    Job(
        slug="core.send-due-mail",
        run="admin_core.mail.sending.send_due_mail",
        title="Send e-mails that wait",
        cron="* * * * *",
        catch_up="skip",
        max_attempts=1,
    ),
    Job(
        slug="core.forget-old-mail",
        run="admin_core.mail.housekeeping.forget_old_mail",
        title="Delete the words of old e-mails",
        queue="low",
        cron="50 2 * * *",
        timeout_s=3600,
    ),
    Job(
        slug="core.deliver-webhook",
        run="admin_core.webhooks.delivering.deliver_webhook",
        title="Send a webhook",
        timeout_s=60,
    ),
    Job(
        slug="core.process-webhook",
        run="admin_core.webhooks.processing.process_webhook",
        title="Process a received webhook",
        timeout_s=120,
    ),
    Job(
        slug="core.forget-old-webhooks",
        run="admin_core.webhooks.housekeeping.forget_old_webhooks",
        title="Delete old webhooks",
        queue="low",
        cron="0 3 * * *",
        timeout_s=3600,
    ),
    Job(
        slug="core.expire-files",
        run="admin_core.artifacts.housekeeping.expire_files",
        title="Delete expired files",
        queue="low",
        cron="23 * * * *",
        timeout_s=3600,
    ),
    Job(
        slug="core.remove-abandoned-files",
        run="admin_core.artifacts.housekeeping.remove_abandoned_files",
        title="Delete files that nothing refers to",
        queue="low",
        cron="10 3 * * *",
        timeout_s=3600,
    ),
    Job(
        slug="core.seal-history",
        run="admin_core.changes.sealing.seal_history",
        title="Encrypt personal values in the history",
        cron="*/5 * * * *",
        catch_up="skip",
        timeout_s=3600,
        unique=True,
    ),
    Job(
        slug="core.verify-audit",
        run="admin_core.audit.jobs.verify_log",
        title="Verify the audit log",
        queue="low",
        cron="20 3 * * *",
        timeout_s=7200,
        unique=True,
    ),
)
"""Registered by the core itself, beside the jobs of plugins."""

BY_SLUG = {job.slug: job for job in CORE_JOBS}
