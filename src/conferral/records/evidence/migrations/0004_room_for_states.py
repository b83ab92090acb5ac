import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("evidence", "0003_fingerprint"),
    ]

    # A column in the condition of a trigger is altered only without it.
    operations = [
        pgtrigger.migrations.RemoveTrigger(model_name="storedfile", name="journey_start"),
        migrations.AlterField(
            model_name="storedfile",
            name="state",
            field=models.CharField(default="receiving", max_length=20),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="storedfile",
            trigger=pgtrigger.compiler.Trigger(
                name="journey_start",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NOT (NEW.\"state\" IN ('receiving')))",
                    func="RAISE EXCEPTION 'pgtrigger: Cannot insert rows from % table', TG_TABLE_NAME;",
                    hash="e7d84fbe91d37481ffe90c0ac089a22500d957f1",
                    operation="INSERT",
                    pgid="pgtrigger_journey_start_bbe92",
                    table="evidence_storedfile",
                    when="BEFORE",
                ),
            ),
        ),
    ]
