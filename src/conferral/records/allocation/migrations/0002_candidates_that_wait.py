"""What waits is told by candidates: no unit can be claimed before somebody is allocated."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("allocation", "0001_initial")]
    operations = [migrations.RenameField("proposedallocation", "units", "candidates")]
